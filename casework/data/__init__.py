"""Facts that lists of referrals are read by: countries, languages and the words people write, in English and French."""
