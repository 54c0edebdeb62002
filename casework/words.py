"""What is read out to a person, in the languages we have it in: who we are, what *no* means, what we cannot do, the slip.

The words are data. A language that is not here is interpreted from the caseworker's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT_VERSION = "2026-1"
"""Changes with every change of the words that are read as the notice."""


@dataclass(frozen=True)
class Words:
    """All that is said in one language. `{name}` stands for the caseworker's name."""

    language: str
    own_name: str
    right_to_left: bool
    notice: str
    asked: tuple[tuple[str, str], ...]
    permissions: Mapping[str, tuple[str, str]]
    gentle: tuple[str, ...]
    cannot: tuple[str, ...]
    slip: Mapping[str, str]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if self.right_to_left else "ltr"

    def notice_by(self, name: str) -> str:
        """The words to read, said by `name`."""
        return self.notice.replace("{name}", name)


ENGLISH = Words(
    language="en",
    own_name="English",
    right_to_left=False,
    notice=(
        "My name is {name}. I am not the police and I do not work for the country you came back from. I can help you with "
        "work, training or a small business, and with what you need today. You can say no to any question and still get help. "
        "I will write some things down; you can see them."
    ),
    asked=(
        (
            "Who reads what you write?",
            "I do, my supervisor does, and a colleague when I am away. You can see it, and ask us to correct it.",
        ),
        (
            "Do you tell the police, or the country I came from?",
            "No. Nobody outside gets it unless you say yes, to that one, for that one thing.",
        ),
        (
            "What if I say no?",
            "Then we leave it out. You still get help.",
        ),
        (
            "What does it cost?",
            "Nothing. Nobody may ask you for money, a share or a favour. If someone does, tell us: you lose nothing by it.",
        ),
    ),
    permissions={
        "keep": (
            "We keep a file, so that we can help you.",
            "If you want nothing written: first aid, and a slip of paper. Nothing more is kept.",
        ),
        "cv_sharing": (
            "Your CV goes to an employer only when you agree, one by one.",
            "We ask you each time. No means that this employer gets nothing.",
        ),
        "follow_up": (
            "May we call or write to you in 3, 6 and 12 months?",
            "If not, nobody asks how it goes. Help and money stay the same.",
        ),
        "training_centre": (
            "May we tell the training centre that you are coming?",
            "If not, you go there without a word from us.",
        ),
        "counts": (
            "May we count your answers, without your name?",
            "If not, they are left out of every count.",
        ),
    },
    gentle=(
        "Is there anybody you are afraid of, here or there?",
        "Did anybody make you work, or take your papers or your money?",
        "Is there something about your body or your sleep that worries you?",
    ),
    cannot=(
        "We can advise you, look for a course or for work with you, and help you ask for money for a business.",
        "We cannot promise a job, money or a visa. A committee decides about money.",
        "Asking takes weeks. We tell you each time what comes next, and when.",
    ),
    slip={
        "title": "Your next date",
        "when": "When",
        "where": "Where",
        "bring": "What you bring",
        "do": "What we do",
        "none": "No date yet. Come when you wish, or call.",
        "with": "My name",
        "call": "My number",
        "free": (
            "Our help is free. Nobody may ask you for money, a share or a favour. If someone does, tell us. You will not lose "
            "anything by telling us."
        ),
        "number": "Your number here",
    },
)

FRENCH = Words(
    language="fr",
    own_name="Français",
    right_to_left=False,
    notice=(
        "Je m’appelle {name}. Je ne suis pas de la police et je ne travaille pas pour le pays d’où vous revenez. Je peux vous "
        "aider pour le travail, une formation ou une petite entreprise, et pour ce dont vous avez besoin aujourd’hui. Vous "
        "pouvez dire non à chaque question et être aidé quand même. Je vais noter certaines choses ; vous pouvez les voir."
    ),
    asked=(
        (
            "Qui lit ce que vous notez ?",
            "Moi, ma responsable, et un collègue quand je suis absente. Vous pouvez le voir et le faire corriger.",
        ),
        (
            "Le dites-vous à la police, ou au pays d’où je viens ?",
            "Non. Personne d’autre ne le reçoit, sauf si vous dites oui, à celui-là, pour cette seule chose.",
        ),
        (
            "Et si je dis non ?",
            "Alors nous n’en parlons plus. Vous êtes aidé quand même.",
        ),
        (
            "Qu’est-ce que cela coûte ?",
            (
                "Rien. Personne ne peut vous demander de l’argent, une part ou un service. Si cela arrive, dites-le nous : "
                "vous n’y perdez rien."
            ),
        ),
    ),
    permissions={
        "keep": (
            "Nous tenons un dossier, pour pouvoir vous aider.",
            "Si vous ne voulez rien d’écrit : l’aide du jour et un petit papier. Rien d’autre n’est gardé.",
        ),
        "cv_sharing": (
            "Votre CV ne va à un employeur que si vous êtes d’accord, un par un.",
            "Nous demandons chaque fois. Non veut dire que cet employeur ne reçoit rien.",
        ),
        "follow_up": (
            "Pouvons-nous vous appeler ou vous écrire dans 3, 6 et 12 mois ?",
            "Sinon, personne ne demande comment cela va. L’aide et l’argent restent les mêmes.",
        ),
        "training_centre": (
            "Pouvons-nous dire au centre de formation que vous venez ?",
            "Sinon, vous y allez sans un mot de nous.",
        ),
        "counts": (
            "Pouvons-nous compter vos réponses, sans votre nom ?",
            "Sinon, elles ne sont comptées nulle part.",
        ),
    },
    gentle=(
        "Y a-t-il quelqu’un dont vous avez peur, ici ou là-bas ?",
        "Quelqu’un vous a-t-il forcé à travailler, ou pris vos papiers ou votre argent ?",
        "Y a-t-il quelque chose dans votre corps ou votre sommeil qui vous inquiète ?",
    ),
    cannot=(
        (
            "Nous pouvons vous conseiller, chercher avec vous une formation ou un travail, et vous aider à demander de "
            "l’argent pour une entreprise."
        ),
        "Nous ne pouvons promettre ni emploi, ni argent, ni visa. Un comité décide de l’argent.",
        "Une demande prend des semaines. Nous vous disons chaque fois ce qui vient ensuite, et quand.",
    ),
    slip={
        "title": "Votre prochain rendez-vous",
        "when": "Quand",
        "where": "Où",
        "bring": "Ce que vous apportez",
        "do": "Ce que nous faisons",
        "none": "Pas encore de date. Venez quand vous voulez, ou appelez.",
        "with": "Mon nom",
        "call": "Mon numéro",
        "free": (
            "Notre aide est gratuite. Personne ne peut vous demander de l’argent, une part ou un service. Si cela arrive, "
            "dites-le nous. Vous ne perdrez rien à nous le dire."
        ),
        "number": "Votre numéro ici",
    },
)

ARABIC = Words(
    language="ar",
    own_name="العربية",
    right_to_left=True,
    notice=(
        "اسمي {name}. أنا لست من الشرطة، ولا أعمل لصالح البلد الذي رجعت منه. أستطيع أن أساعدك في العمل أو التكوين أو مشروع "
        "صغير، وفي ما تحتاجه اليوم. يمكنك أن تقول «لا» لأيّ سؤال وتحصل على المساعدة مع ذلك. سأكتب بعض الأشياء، ويمكنك أن تراها."
    ),
    asked=(
        (
            "من يقرأ ما تكتبون؟",
            "أنا، والمسؤول عنّي، وزميل حين أغيب. يمكنك أن ترى ما كُتب وأن تطلب تصحيحه.",
        ),
        (
            "هل تخبرون الشرطة أو البلد الذي جئت منه؟",
            "لا. لا يصل شيء إلى أحد خارج المكتب إلا إذا قلت نعم، لجهة بعينها، ولأمر بعينه.",
        ),
        (
            "وماذا لو قلت لا؟",
            "نترك الأمر جانبا، وتبقى المساعدة كما هي.",
        ),
        (
            "كم يكلّف ذلك؟",
            "لا شيء. لا يحقّ لأحد أن يطلب منك مالا أو نصيبا أو خدمة. إن حدث ذلك فأخبرنا: لن تخسر شيئا.",
        ),
    ),
    permissions={
        "keep": (
            "نحتفظ بملفّ حتى نستطيع مساعدتك.",
            "إن كنت لا تريد كتابة شيء: مساعدة اليوم وورقة صغيرة، ولا نحتفظ بغير ذلك.",
        ),
        "cv_sharing": (
            "لا تصل سيرتك المهنية إلى مشغّل إلا بموافقتك، واحدا واحدا.",
            "نسألك كلّ مرّة. «لا» تعني أنّ هذا المشغّل لا يتلقّى شيئا.",
        ),
        "follow_up": (
            "هل يمكننا أن نتّصل بك أو نكتب إليك بعد 3 و6 و12 شهرا؟",
            "إن قلت لا، فلن يسأل أحد عن أحوالك. تبقى المساعدة والمال كما هما.",
        ),
        "training_centre": (
            "هل يمكننا أن نخبر مركز التكوين بقدومك؟",
            "إن قلت لا، تذهب إليه دون كلمة منّا.",
        ),
        "counts": (
            "هل يمكننا أن نحصي إجاباتك دون اسمك؟",
            "إن قلت لا، فلن تدخل في أيّ إحصاء.",
        ),
    },
    gentle=(
        "هل هناك من تخاف منه، هنا أو هناك؟",
        "هل أجبرك أحد على العمل، أو أخذ أوراقك أو مالك؟",
        "هل هناك ما يقلقك في جسمك أو في نومك؟",
    ),
    cannot=(
        "نستطيع أن ننصحك، وأن نبحث معك عن تكوين أو عمل، وأن نساعدك في طلب مال لمشروع.",
        "لا نستطيع أن نعد بعمل أو مال أو تأشيرة. لجنة هي التي تقرّر في المال.",
        "الطلب يأخذ أسابيع. نخبرك كلّ مرّة بما يأتي بعد ذلك، ومتى.",
    ),
    slip={
        "title": "موعدك القادم",
        "when": "متى",
        "where": "أين",
        "bring": "ما تحضره معك",
        "do": "ما نفعله",
        "none": "لا موعد بعد. تعال متى شئت، أو اتّصل بنا.",
        "with": "اسمي",
        "call": "رقمي",
        "free": "مساعدتنا مجّانية. لا يحقّ لأحد أن يطلب منك مالا أو نصيبا أو خدمة. إن حدث ذلك فأخبرنا. لن تخسر شيئا إن أخبرتنا.",
        "number": "رقمك عندنا",
    },
)

WORDS: Mapping[str, Words] = {words.language: words for words in (ENGLISH, FRENCH, ARABIC)}


def words_in(*languages: str) -> Words:
    """The words in the first of these languages that we have, else in English."""
    return next((WORDS[language[:2]] for language in languages if language and language[:2] in WORDS), ENGLISH)
