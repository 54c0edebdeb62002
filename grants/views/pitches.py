addresses: list = []
