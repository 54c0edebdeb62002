"""Countries by ISO 3166 code, with their names in English and French, and the words for their people where lists use them."""

_TABLE = """
AF AFG Afghanistan|Afghanistan
AL ALB Albania|Albanie
DZ DZA Algeria|Algérie
AD AND Andorra|Andorre
AO AGO Angola|Angola
AG ATG Antigua and Barbuda|Antigua-et-Barbuda
AR ARG Argentina|Argentine
AM ARM Armenia|Arménie
AU AUS Australia|Australie
AT AUT Austria|Autriche
AZ AZE Azerbaijan|Azerbaïdjan
BS BHS Bahamas|Bahamas
BH BHR Bahrain|Bahreïn
BD BGD Bangladesh|Bangladesh
BB BRB Barbados|Barbade
BY BLR Belarus|Bélarus|Biélorussie
BE BEL Belgium|Belgique
BZ BLZ Belize|Belize
BJ BEN Benin|Bénin
BT BTN Bhutan|Bhoutan
BO BOL Bolivia|Bolivie
BA BIH Bosnia and Herzegovina|Bosnie-Herzégovine|Bosnie|Bosnia
BW BWA Botswana|Botswana
BR BRA Brazil|Brésil
BN BRN Brunei|Brunéi
BG BGR Bulgaria|Bulgarie
BF BFA Burkina Faso|Burkina
BI BDI Burundi|Burundi
KH KHM Cambodia|Cambodge
CM CMR Cameroon|Cameroun
CA CAN Canada|Canada
CV CPV Cabo Verde|Cap-Vert|Cape Verde
CF CAF Central African Republic|République centrafricaine|Centrafrique
TD TCD Chad|Tchad
CL CHL Chile|Chili
CN CHN China|Chine
CO COL Colombia|Colombie
KM COM Comoros|Comores
CG COG Congo|Congo-Brazzaville|République du Congo
CD COD Democratic Republic of the Congo|République démocratique du Congo|DR Congo|RDC|DRC
CR CRI Costa Rica|Costa Rica
CI CIV Ivory Coast|Côte d'Ivoire
HR HRV Croatia|Croatie
CU CUB Cuba|Cuba
CY CYP Cyprus|Chypre
CZ CZE Czechia|Tchéquie|Czech Republic|République tchèque
DK DNK Denmark|Danemark
DJ DJI Djibouti|Djibouti
DM DMA Dominica|Dominique
DO DOM Dominican Republic|République dominicaine
EC ECU Ecuador|Équateur
EG EGY Egypt|Égypte
SV SLV El Salvador|Salvador
GQ GNQ Equatorial Guinea|Guinée équatoriale
ER ERI Eritrea|Érythrée
EE EST Estonia|Estonie
SZ SWZ Eswatini|Eswatini|Swaziland
ET ETH Ethiopia|Éthiopie
FJ FJI Fiji|Fidji
FI FIN Finland|Finlande
FR FRA France|France
GA GAB Gabon|Gabon
GM GMB Gambia|Gambie|The Gambia
GE GEO Georgia|Géorgie
DE DEU Germany|Allemagne
GH GHA Ghana|Ghana
GR GRC Greece|Grèce
GD GRD Grenada|Grenade
GT GTM Guatemala|Guatemala
GN GIN Guinea|Guinée|Guinée-Conakry
GW GNB Guinea-Bissau|Guinée-Bissau
GY GUY Guyana|Guyana
HT HTI Haiti|Haïti
HN HND Honduras|Honduras
HK HKG Hong Kong|Hong Kong
HU HUN Hungary|Hongrie
IS ISL Iceland|Islande
IN IND India|Inde
ID IDN Indonesia|Indonésie
IR IRN Iran|Iran
IQ IRQ Iraq|Irak
IE IRL Ireland|Irlande
IL ISR Israel|Israël
IT ITA Italy|Italie
JM JAM Jamaica|Jamaïque
JP JPN Japan|Japon
JO JOR Jordan|Jordanie
KZ KAZ Kazakhstan|Kazakhstan
KE KEN Kenya|Kenya
KI KIR Kiribati|Kiribati
KP PRK North Korea|Corée du Nord
KR KOR South Korea|Corée du Sud|Korea|Corée
XK XKX Kosovo|Kosovo
KW KWT Kuwait|Koweït
KG KGZ Kyrgyzstan|Kirghizistan
LA LAO Laos|Laos
LV LVA Latvia|Lettonie
LB LBN Lebanon|Liban
LS LSO Lesotho|Lesotho
LR LBR Liberia|Libéria
LY LBY Libya|Libye
LI LIE Liechtenstein|Liechtenstein
LT LTU Lithuania|Lituanie
LU LUX Luxembourg|Luxembourg
MO MAC Macao|Macao
MG MDG Madagascar|Madagascar
MW MWI Malawi|Malawi
MY MYS Malaysia|Malaisie
MV MDV Maldives|Maldives
ML MLI Mali|Mali
MT MLT Malta|Malte
MH MHL Marshall Islands|Îles Marshall
MR MRT Mauritania|Mauritanie
MU MUS Mauritius|Maurice|Île Maurice
MX MEX Mexico|Mexique
FM FSM Micronesia|Micronésie
MD MDA Moldova|Moldavie|Moldova
MC MCO Monaco|Monaco
MN MNG Mongolia|Mongolie
ME MNE Montenegro|Monténégro
MA MAR Morocco|Maroc
MZ MOZ Mozambique|Mozambique
MM MMR Myanmar|Myanmar|Birmanie|Burma
NA NAM Namibia|Namibie
NR NRU Nauru|Nauru
NP NPL Nepal|Népal
NL NLD Netherlands|Pays-Bas|The Netherlands|Holland|Hollande
NZ NZL New Zealand|Nouvelle-Zélande
NI NIC Nicaragua|Nicaragua
NE NER Niger|Niger
NG NGA Nigeria|Nigéria
MK MKD North Macedonia|Macédoine du Nord|Macedonia|Macédoine
NO NOR Norway|Norvège
OM OMN Oman|Oman
PK PAK Pakistan|Pakistan
PW PLW Palau|Palaos
PS PSE Palestine|Palestine|State of Palestine
PA PAN Panama|Panama
PG PNG Papua New Guinea|Papouasie-Nouvelle-Guinée
PY PRY Paraguay|Paraguay
PE PER Peru|Pérou
PH PHL Philippines|Philippines
PL POL Poland|Pologne
PT PRT Portugal|Portugal
PR PRI Puerto Rico|Porto Rico
QA QAT Qatar|Qatar
RO ROU Romania|Roumanie
RU RUS Russia|Russie|Russian Federation|Fédération de Russie
RW RWA Rwanda|Rwanda
KN KNA Saint Kitts and Nevis|Saint-Christophe-et-Niévès
LC LCA Saint Lucia|Sainte-Lucie
VC VCT Saint Vincent and the Grenadines|Saint-Vincent-et-les-Grenadines
WS WSM Samoa|Samoa
SM SMR San Marino|Saint-Marin
ST STP Sao Tome and Principe|Sao Tomé-et-Principe
SA SAU Saudi Arabia|Arabie saoudite
SN SEN Senegal|Sénégal
RS SRB Serbia|Serbie
SC SYC Seychelles|Seychelles
SL SLE Sierra Leone|Sierra Leone
SG SGP Singapore|Singapour
SK SVK Slovakia|Slovaquie
SI SVN Slovenia|Slovénie
SB SLB Solomon Islands|Îles Salomon
SO SOM Somalia|Somalie
ZA ZAF South Africa|Afrique du Sud
SS SSD South Sudan|Soudan du Sud
ES ESP Spain|Espagne
LK LKA Sri Lanka|Sri Lanka
SD SDN Sudan|Soudan
SR SUR Suriname|Suriname
SE SWE Sweden|Suède
CH CHE Switzerland|Suisse
SY SYR Syria|Syrie|Syrian Arab Republic
TW TWN Taiwan|Taïwan
TJ TJK Tajikistan|Tadjikistan
TZ TZA Tanzania|Tanzanie
TH THA Thailand|Thaïlande
TL TLS Timor-Leste|Timor oriental
TG TGO Togo|Togo
TO TON Tonga|Tonga
TT TTO Trinidad and Tobago|Trinité-et-Tobago
TN TUN Tunisia|Tunisie
TR TUR Turkey|Turquie|Türkiye
TM TKM Turkmenistan|Turkménistan
TV TUV Tuvalu|Tuvalu
UG UGA Uganda|Ouganda
UA UKR Ukraine|Ukraine
AE ARE United Arab Emirates|Émirats arabes unis|UAE|Emirates
GB GBR United Kingdom|Royaume-Uni|UK|Great Britain|Grande-Bretagne|England|Angleterre
US USA United States|États-Unis|United States of America|États-Unis d'Amérique
UY URY Uruguay|Uruguay
UZ UZB Uzbekistan|Ouzbékistan
VU VUT Vanuatu|Vanuatu
VA VAT Vatican|Vatican|Holy See|Saint-Siège
VE VEN Venezuela|Venezuela
VN VNM Vietnam|Viêt Nam|Viet Nam
EH ESH Western Sahara|Sahara occidental
YE YEM Yemen|Yémen
ZM ZMB Zambia|Zambie
ZW ZWE Zimbabwe|Zimbabwe
"""

_PEOPLE = """
AF afghan afghane
AL albanian albanais albanaise
AM armenian arménien arménienne
BD bangladeshi bangladais bangladaise
BJ beninese béninois béninoise
BF burkinabe burkinabè burkinabé
CD congolais congolaise congolese
CI ivorian ivoirien ivoirienne
CM cameroonian camerounais camerounaise
DZ algerian algérien algérienne
EG egyptian égyptien égyptienne
ER eritrean érythréen érythréenne
ET ethiopian éthiopien éthiopienne
FR french français française
GE georgian géorgien géorgienne
GH ghanaian ghanéen ghanéenne
GM gambian gambien gambienne
GN guinean guinéen guinéenne
IQ iraqi irakien irakienne
IR iranian iranien iranienne
IT italian italien italienne
LB lebanese libanais libanaise
LY libyan libyen libyenne
MA moroccan marocain marocaine
MD moldovan moldave
ML malian malien malienne
MR mauritanian mauritanien mauritanienne
NE nigerien nigérienne
NG nigerian nigérian nigériane
NP nepalese népalais népalaise
PK pakistani pakistanais pakistanaise
PS palestinian palestinien palestinienne
RS serbian serbe
RU russian russe
SD sudanese soudanais soudanaise
SL sierra-leonean sierra-léonais sierra-léonaise
SN senegalese sénégalais sénégalaise
SO somali somalien somalienne
SY syrian syrien syrienne
TG togolese togolais togolaise
TN tunisian tunisien tunisienne
TR turkish turc turque
UA ukrainian ukrainien ukrainienne
XK kosovar kosovare
YE yemeni yéménite
"""

# As the countries whose people come back most often write themselves, and where they come back from.
_OWN = """
AM Հայաստան|հայ|Армения|арменія|სომხეთი
AZ Azərbaycan|Азербайджан
BY Беларусь|Белоруссия
DE Deutschland|ألمانيا|Германия|გერმანია|Germania
DZ الجزائر
EG مصر
ES España|إسبانيا|Spagna
FR فرنسا|Франция|საფრანგეთი|Frankreich
GE საქართველო|ქართული|ქართველი|Грузия|Georgien
GR Ελλάδα|اليونان|Греция|საბერძნეთი
IQ العراق
IT Italia|إيطاليا|Италия|იტალია|Italien
LB لبنان
LY ليبيا
MA المغرب
MD Moldova|Молдова
PL Polska|Польша|პოლონეთი
RU Россия|РФ|რუსეთი|Ռուսաստան
SD السودان
SN Sénégal
SY سوريا|سورية
TN تونس|تونسي|تونسية|Тунис|Tunesien
TR Türkiye|تركيا|Турция|თურქეთი
UA Україна|Украина|უკრაინა
YE اليمن
"""


def _read() -> tuple[dict[str, str], dict[str, str]]:
    by_word: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        two, three, rest = line.split(" ", 2)
        spoken = rest.split("|")
        names[two] = spoken[0]
        for word in (two, three, *spoken):
            by_word.setdefault(word, two)
    for line in _OWN.strip().splitlines():
        two, rest = line.split(" ", 1)
        for word in rest.split("|"):
            by_word.setdefault(word, two)
    for line in _PEOPLE.strip().splitlines():
        two, *words = line.split()
        for word in words:
            by_word.setdefault(word, two)
    return by_word, names


BY_WORD, NAMES = _read()
"""Every written form to its two-letter code (unfolded), and the English name of each code."""
