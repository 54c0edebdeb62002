"""Invented names: family and given names in Latin and Arabic letters, places, trades, courses and employers."""

FAMILIES = (
    ("Belhaj", "بلحاج"), ("Jaziri", "الجزيري"), ("Trabelsi", "الطرابلسي"), ("Gharbi", "الغربي"), ("Mansour", "منصور"), ("Ayari", "العياري"),
    ("Dridi", "الدريدي"), ("Louati", "اللواتي"), ("Zouari", "الزواري"), ("Khelifi", "الخليفي"), ("Ouni", "العوني"), ("Hamdi", "الحمدي"),
    ("Chebbi", "الشابي"), ("Mejri", "الماجري"), ("Nasri", "النصري"), ("Saidi", "السعيدي"), ("Bouzid", "بوزيد"), ("Tlili", "التليلي"),
    ("Guesmi", "القاسمي"), ("Rezgui", "الرزقي"), ("Hammami", "الهمامي"), ("Sassi", "الساسي"), ("Maaloul", "معلول"), ("Ferjani", "الفرجاني"),
    ("Kacem", "قاسم"), ("Laabidi", "العبيدي"), ("Riahi", "الرياحي"), ("Toumi", "التومي"), ("Yahyaoui", "اليحياوي"), ("Zaidi", "الزايدي"),
)  # fmt: skip
MEN = (
    ("Khaled", "خالد"), ("Marwan", "مروان"), ("Nabil", "نبيل"), ("Sami", "سامي"), ("Yassine", "ياسين"), ("Lotfi", "لطفي"), ("Hichem", "هشام"),
    ("Anis", "أنيس"), ("Riadh", "رياض"), ("Moncef", "منصف"), ("Tarek", "طارق"), ("Walid", "وليد"), ("Bilel", "بلال"), ("Karim", "كريم"),
    ("Hatem", "حاتم"), ("Slim", "سليم"), ("Mehdi", "مهدي"), ("Aymen", "أيمن"), ("Fethi", "فتحي"), ("Ridha", "رضا"),
)  # fmt: skip
WOMEN = (
    ("Ines", "إيناس"), ("Hela", "هالة"), ("Samira", "سميرة"), ("Rim", "ريم"), ("Amel", "آمال"), ("Wafa", "وفاء"), ("Nadia", "نادية"),
    ("Olfa", "ألفة"), ("Salma", "سلمى"), ("Hayet", "حياة"), ("Mariem", "مريم"), ("Sonia", "سنية"),
)  # fmt: skip
PLACES = {
    "TUNIS": (("Tunis", "La Marsa"), ("Tunis", "La Goulette"), ("Ariana", "Ariana"), ("Ben Arous", "Radès"), ("Bizerte", "Menzel Bourguiba"), ("Kef", "Le Kef")),
    "ZARZIS": (("Medenine", "Zarzis"), ("Medenine", "Ben Gardane"), ("Gabes", "Gabès"), ("Medenine", "Djerba"), ("Tataouine", "Tataouine")),
}  # fmt: skip
TRADES = (
    "mason",
    "cook",
    "tailor",
    "welder",
    "fridge mechanic",
    "farm worker",
    "waiter",
    "electrician",
    "hairdresser",
    "carpenter",
    "truck driver",
    "nurse aide",
    "baker",
    "plumber",
)
HOSTS = ("IT", "FR", "DE", "CH", "BE", "MT", "LY")
EMPLOYERS = (
    ("Atelier du Lac", "construction"), ("Boulangerie Essalem", "bakery"), ("Froid du Sud", "cooling"), ("Hôtel Dar Zarzis", "hotel"), ("Clinique El Amen", "health"),
    ("Menuiserie Ben Arous", "carpentry"), ("Confection du Nord", "clothing"), ("Transport Médenine", "transport"), ("Restaurant La Palmeraie", "restaurant"),
    ("Huilerie Jerid", "food"),
)  # fmt: skip
