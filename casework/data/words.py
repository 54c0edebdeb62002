"""What people write in lists of referrals: headings, yes and no, months, languages, kinds of return and of vulnerability.

Everything is compared without case, accents and punctuation.
"""

HEADINGS = {
    "reference": (
        "reference|référence|ref|réf|n° de référence|numéro de référence|reference number|reference no|referral number|"
        "referral reference|case number|case id|n° de dossier|numéro de dossier|dossier|n° dossier|id|identifiant|"
        "external id|code|matricule|référence du dossier|n°|numéro|no|number|ნომერი|номер|المرجع"
    ),
    "family_name": (
        "family name|surname|last name|nom|nom de famille|nom patronymique|lastname|family|familyname|nom usuel|"
        "nom du bénéficiaire|გვარი|фамилия|прізвище|اللقب|ազգանուն"
    ),
    "given_names": (
        "given names|given name|first name|first names|forename|forenames|firstname|prénom|prénoms|prénom(s)|"
        "prénom du bénéficiaire|სახელი|имя|ім'я|الاسم|անուն"
    ),
    "full_name": (
        "full name|name|nom complet|nom et prénom|nom et prénoms|nom et prénom(s)|nom prénom|noms et prénoms|"
        "prénom et nom|beneficiary name|beneficiary"
    ),
    "native_name": (
        "native name|name in native script|name in own script|name in arabic|arabic name|nom en arabe|nom dans sa langue|"
        "nom natif|nom d'origine|nom en caractères d'origine|nom et prénom en arabe|original name|nom original|"
        "name (arabic)|الاسم واللقب|الاسم الكامل"
    ),
    "sex": "sex|gender|sexe|genre|sex/gender|სქესი|пол|стать|الجنس",
    "date_of_birth": (
        "date of birth|birth date|birthdate|dob|born|born on|date de naissance|né(e) le|né le|née le|naissance|ddn|"
        "date naissance|დაბადების თარიღი|дата рождения|дата народження|تاريخ الولادة|year of birth|année de naissance"
    ),
    "nationality": "nationality|nationalité|citizenship|citoyenneté|country of origin|pays d'origine|nationalities|origin",
    "document_number": (
        "document number|document no|document|passport|passport number|passport no|n° de passeport|numéro de passeport|"
        "passeport|id number|id card|national id|id document|cin|n° cin|carte d'identité|n° de document|"
        "numéro de document|n° document|n° de la pièce d'identité|pièce d'identité|numéro de la pièce d'identité|"
        "travel document|document de voyage|n° d'identité|laissez-passer|document id"
    ),
    "host_country": (
        "host country|country of stay|pays d'accueil|pays hôte|pays de séjour|pays de provenance|returned from|"
        "country of return|sending country|pays de départ|country|pays|pays d'expulsion|from country|from|host"
    ),
    "return_date": (
        "return date|date of return|returned on|date de retour|retour le|date du retour|arrival date|date d'arrivée|"
        "date of arrival|expected arrival|arrivée|arrival|date prévue d'arrivée|date prévue de retour|departure date"
    ),
    "return_type": (
        "return type|type of return|kind of return|type de retour|nature du retour|mode de retour|forme de retour|"
        "return mode|return"
    ),
    "phone": (
        "phone|telephone|phone number|telephone number|mobile|mobile phone|cell phone|tel|tél|téléphone|n° de téléphone|"
        "numéro de téléphone|portable|gsm|contact|whatsapp|contact number|téléphone portable|mobile number|"
        "contact téléphonique|ტელეფონი|телефон|الهاتف"
    ),
    "email": (
        "email|e-mail|mail|email address|e-mail address|courriel|adresse e-mail|adresse email|adresse mail|adresse électronique|mél"
    ),
    "language": (
        "language|langue|preferred language|langue parlée|langue préférée|spoken language|langues|languages|"
        "langue de contact|langue maternelle"
    ),
    "region": "region|région|governorate|gouvernorat|province|wilaya|state|oblast|department|département",
    "place": (
        "place|city|town|locality|municipality|ville|lieu|localité|commune|délégation|place of return|lieu de résidence|"
        "village|address|adresse|lieu de retour|ville de retour|residence|délégation/ville|city of return"
    ),
    "education_isced": (
        "education isced|isced|cite|education|education level|level of education|niveau d'éducation|niveau d'études|"
        "niveau scolaire|éducation|études|formation scolaire|niveau cite|cite (0-8)|isced level|niveau d'instruction"
    ),
    "occupation": (
        "occupation|profession|job|trade|métier|emploi|profession exercée|emploi exercé|work experience|skills|activité|"
        "emploi occupé à l'étranger"
    ),
    "years_abroad": (
        "years abroad|années à l'étranger|nombre d'années à l'étranger|durée du séjour|duration of stay|years of stay|"
        "durée de séjour (années)|ans à l'étranger|durée à l'étranger|years in host country"
    ),
    "household_size": (
        "household size|family size|size of household|taille du ménage|taille du foyer|taille de la famille|"
        "nombre de personnes|personnes au foyer|personnes à charge|nombre de personnes au foyer|household|ménage|foyer|"
        "people in household|household members"
    ),
    "vulnerabilities": (
        "vulnerabilities|vulnerability|vulnérabilités|vulnérabilité|special needs|besoins particuliers|"
        "besoins spécifiques|vulnerability criteria"
    ),
    "consent": (
        "consent|consentement|agreement|accord|consent given|consentement donné|consentement (oui/non)|"
        "consent to referral|informed consent|consentement éclairé|data consent|consent to share data"
    ),
    "path_wish": (
        "path wish|wish|path|wishes|projet|projet souhaité|souhait|voeu|vœu|orientation|parcours|parcours souhaité|"
        "reintegration wish|projet de réintégration|orientation souhaitée|desired path"
    ),
    "notes": ("notes|note|remarks|remark|comments|comment|remarque|remarques|observations|observation|commentaire|commentaires"),
    "faults": "faults|fautes|to mend|à corriger",
}

YES = "yes|y|oui|o|1|x|true|vrai|ok|given|donné|accordé|si|ja|نعم|да|так|კი|დიახ|այո|✓|✔|v"

NO = "no|n|non|0|false|faux|refused|refusé|refusée|refus|withheld|nein|لا|нет|ні|არა|ոչ|✗"

UNKNOWN = (
    "unknown|inconnu|inconnue|not known|non connu|n/a|na|nd|n.d.|-|--|?|pending|en attente|not asked|pas demandé|"
    "ne sait pas|nsp|tbc|à confirmer|nr|n.r.|non renseigné|non renseignée|غير معروف"
)

NOTHING = (
    "n/a|nd|n.d.|-|--|—|–|?|none|null|nil|aucun|aucune|néant|sans|ras|unknown|inconnu|inconnue|not known|#n/a|"
    "nr|n.r.|non renseigné|non renseignée|non précisé|not stated|لا شيء"
)

SEX = {
    "male": "m|male|man|masculin|masc|h|homme|garçon|boy|ذكر|мужской|муж|м|ч|чоловіча|მამრობითი|კაცი|արական|mr|m.",
    "female": (
        "f|female|woman|féminin|fém|fem|femme|fille|girl|w|أنثى|انثى|женский|жен|ж|жіноча|მდედრობითი|ქალი|իգական|mme|mrs|ms"
    ),
    "other": "x|other|autre|non-binary|non binaire|nonbinary|diverse|intersex|intersexe",
}

MONTHS = [
    "january|jan|janvier|janv|جانفي|يناير|كانون الثاني|января|январь|იანვარი|januar|gennaio|enero|січня|հունվար",
    "february|feb|février|févr|fev|fév|فيفري|فبراير|شباط|февраля|февраль|თებერვალი|februar|febbraio|febrero|лютого|փետրվար",
    "march|mar|mars|مارس|آذار|марта|март|მარტი|märz|maerz|marzo|березня|մարտ",
    "april|apr|avril|avr|أفريل|أبريل|نيسان|апреля|апрель|აპრილი|aprile|abril|квітня|ապրիլ",
    "may|mai|ماي|مايو|أيار|мая|май|მაისი|maggio|mayo|травня|մայիս",
    "june|jun|juin|جوان|يونيو|حزيران|июня|июнь|ივნისი|juni|giugno|junio|червня|հունիս",
    "july|jul|juillet|juil|جويلية|يوليو|تموز|июля|июль|ივლისი|juli|luglio|julio|липня|հուլիս",
    "august|aug|août|aou|أوت|أغسطس|آب|августа|август|აგვისტო|agosto|серпня|օգոստոս",
    "september|sep|sept|septembre|سبتمبر|أيلول|сентября|сентябрь|სექტემბერი|settembre|septiembre|вересня|սեպտեմբեր",
    "october|oct|octobre|أكتوبر|تشرين الأول|октября|октябрь|ოქტომბერი|oktober|okt|ottobre|octubre|жовтня|հոկտեմբեր",
    "november|nov|novembre|نوفمبر|تشرين الثاني|ноября|ноябрь|ნოემბერი|noviembre|листопада|նոյեմբեր",
    "december|dec|décembre|déc|ديسمبر|كانون الأول|декабря|декабрь|დეკემბერი|dezember|dez|dicembre|diciembre|грудня|դեկտեմբեր",
]

LANGUAGES = {
    "ar": "ar|ara|arabic|arabe|tunisian arabic|arabe tunisien|derja|darija|العربية|عربي",
    "fr": "fr|fra|fre|french|français|الفرنسية",
    "en": "en|eng|english|anglais",
    "it": "it|ita|italian|italien|italiano",
    "de": "de|deu|ger|german|allemand|deutsch",
    "es": "es|spa|spanish|espagnol|español",
    "pt": "pt|por|portuguese|portugais|português",
    "nl": "nl|nld|dut|dutch|néerlandais",
    "tr": "tr|tur|turkish|turc|türkçe",
    "ka": "ka|kat|geo|georgian|géorgien|ქართული",
    "hy": "hy|hye|arm|armenian|arménien|հայերեն",
    "ru": "ru|rus|russian|russe|русский",
    "uk": "uk|ukr|ukrainian|ukrainien|українська",
    "az": "az|aze|azerbaijani|azéri|azerbaïdjanais",
    "sq": "sq|sqi|alb|albanian|albanais",
    "sr": "sr|srp|serbian|serbe",
    "bs": "bs|bos|bosnian|bosnien|bosniaque",
    "mk": "mk|mkd|macedonian|macédonien",
    "ro": "ro|ron|rum|romanian|roumain|moldovan|moldave",
    "pl": "pl|pol|polish|polonais",
    "el": "el|ell|gre|greek|grec",
    "fa": "fa|fas|per|persian|persan|farsi|dari|فارسی|دری",
    "ps": "ps|pus|pashto|pachto|پښتو",
    "ur": "ur|urd|urdu|ourdou|اردو",
    "hi": "hi|hin|hindi",
    "bn": "bn|ben|bengali|bangla|বাংলা",
    "ku": "ku|kur|kurdish|kurde|kurmanji|sorani|کوردی",
    "am": "am|amh|amharic|amharique|አማርኛ",
    "ti": "ti|tir|tigrinya|tigrigna|ትግርኛ",
    "om": "om|orm|oromo|afaan oromo",
    "so": "so|som|somali|soomaali",
    "sw": "sw|swa|swahili|kiswahili",
    "ha": "ha|hau|hausa|haoussa",
    "yo": "yo|yor|yoruba",
    "ig": "ig|ibo|igbo",
    "wo": "wo|wol|wolof",
    "ff": "ff|ful|fula|fulani|peul|pular|pulaar",
    "bm": "bm|bam|bambara|dioula|dyula",
    "mnk": "mnk|mandinka|mandingue|malinke|malinké",
    "snk": "snk|soninke|soninké",
    "ln": "ln|lin|lingala",
    "zgh": "zgh|ber|tamazight|amazigh|berber|berbère|tachelhit|kabyle|ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "zh": "zh|zho|chi|chinese|chinois|mandarin",
    "vi": "vi|vie|vietnamese|vietnamien",
    "ne": "ne|nep|nepali|népalais",
    "uz": "uz|uzb|uzbek|ouzbek",
    "tg": "tg|tgk|tajik|tadjik",
    "ky": "ky|kir|kyrgyz|kirghize",
    "kk": "kk|kaz|kazakh",
}

RETURN_TYPES = {
    "voluntary": "voluntary|volontaire|retour volontaire|voluntary return|v|volontairement|willing|librement",
    "assisted_voluntary": (
        "assisted voluntary|assisted_voluntary|assisted voluntary return|avr|avrr|arv|arvr|volontaire assisté|"
        "retour volontaire assisté|rva|volontaire avec aide|assisté|assisted|aide au retour|retour aidé|"
        "retour volontaire aidé|voluntary assisted|avv"
    ),
    "forced": (
        "forced|forced return|forcé|retour forcé|deported|deportation|expulsion|expulsé|expulsée|removal|removed|"
        "éloignement|éloigné|éloignée|reconduite|readmission|réadmission|réadmis|refoulement|f|involuntary|non volontaire|"
        "contraint"
    ),
    "charter": "charter|forced by charter|charter flight|vol charter|forcé par charter",
    "spontaneous": (
        "spontaneous|spontané|spontanée|retour spontané|by themselves|on their own|de son propre chef|"
        "par ses propres moyens|unassisted"
    ),
}

PATHS = {
    "job": "job|work|employment|wage employment|emploi|travail|emploi salarié|salarié|salariat|insertion professionnelle",
    "start_up": (
        "start_up|start up|startup|business|self-employment|self employment|entrepreneurship|création d'entreprise|"
        "entreprise|microprojet|micro-projet|micro-entreprise|projet|auto-emploi|activité génératrice de revenus|agr|"
        "commerce|entrepreneuriat"
    ),
    "training": ("training|formation|formation professionnelle|vocational training|apprenticeship|apprentissage|course|tvet"),
    "unsure": "unsure|undecided|not sure|indécis|indécise|ne sait pas|sans avis|à définir|not decided|don't know|?",
}

VULNERABILITIES = {
    "unaccompanied_child": (
        "unaccompanied_child|unaccompanied child|unaccompanied minor|uasc|umc|uam|mineur non accompagné|mna|"
        "enfant non accompagné|mineur isolé|unaccompanied migrant child|separated child"
    ),
    "victim_of_trafficking": (
        "victim_of_trafficking|victim of trafficking|trafficking|vot|victime de traite|victime de la traite|traite|trafficked|tip"
    ),
    "health": (
        "health|medical|chronic illness|health needs|santé|maladie|maladie chronique|besoins médicaux|médical|"
        "mental health|santé mentale|health condition"
    ),
    "single_parent": (
        "single_parent|single parent|single-headed family|single mother|single father|parent isolé|parent seul|mère seule|"
        "père seul|famille monoparentale|monoparental|mère célibataire"
    ),
    "pregnant": "pregnant|pregnancy|pregnant woman|enceinte|femme enceinte|grossesse",
    "elderly": "elderly|older person|elderly 65+|65+|personne âgée|âgé|âgée|senior",
    "disability": "disability|disabled|person with disability|handicap|handicapé|handicapée|en situation de handicap|pwd",
    "survivor_of_violence": (
        "survivor_of_violence|survivor of violence|gbv|survivor of gbv|gender-based violence|violence|exploitation|"
        "survivant de violence|survivante de violence|survivante de violences|vbg|victime de violence|"
        "victime de violences|torture|survivor of exploitation"
    ),
    "large_family": "large_family|large family|famille nombreuse|grande famille",
    "small_children": (
        "small_children|small children|family with small children|young children|enfants en bas âge|jeunes enfants|"
        "enfant en bas âge"
    ),
    "lgbtiq": "lgbtiq|lgbtiq+|lgbtqi|lgbti|lgbt|lgbtq|lgbtq+",
    "other": "other|autre|other vulnerability|autre vulnérabilité",
}

EDUCATION = {
    0: (
        "none|no schooling|aucun|aucune|sans|sans instruction|illiterate|analphabète|preschool|préscolaire|"
        "no formal education|non scolarisé|néant"
    ),
    1: "primary|primary school|primaire|école primaire|élémentaire",
    2: "lower secondary|middle school|collège|secondaire inférieur|premier cycle|enseignement de base|préparatoire|brevet",
    3: ("secondary|upper secondary|high school|secondaire|lycée|bac|baccalauréat|secondaire supérieur|vocational|cap|bep|btp"),
    4: "post-secondary|post secondary|post-secondaire|bts|btp supérieur",
    5: "short tertiary|short-cycle tertiary|dut|bac+2|technicien supérieur",
    6: "bachelor|licence|university|université|supérieur|universitaire|bac+3|degree|tertiary|ba|bsc",
    7: "master|maîtrise|mastère|ingénieur|bac+5|ma|msc|engineer",
    8: "doctorate|phd|doctorat|doctor",
}
