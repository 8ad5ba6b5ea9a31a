"""The words of listening: stages, routes, results, questions and answers, as pages say them."""

from __future__ import annotations

from typing import Final

#: Where somebody stood with the service: the standard's own codes.
STAGES: Final = {"engaged": "Engaged", "left": "Left early", "never_started": "Never started"}
STAGE_MEANINGS: Final = {
    "engaged": "taking part, or supported to the end as agreed",
    "left": "stopped coming, or the provider ended it",
    "never_started": "referred or enrolled, and never took it up",
}
#: What strata can be made by, in the order in which they are joined.
STRATA: Final = {"stage": "Where they stand", "provider": "Provider", "programme": "Programme"}
#: How a sample is shared out; the words say what each is best for.
RULES: Final = {
    "proportional": "In proportion: best for one figure of everybody",
    "square-root": "Between the two: small groups count for more",
    "equal": "The same number from each group: best for comparing groups",
}
#: How somebody is asked: voice's own codes.
ROUTES: Final = {
    "in-person": "In person", "phone": "By phone", "paper": "On paper", "link": "By a link",
}  # fmt: skip
#: Person.contact_by to the route that fits it.
PREFERRED: Final = {
    "phone": "phone", "text": "link", "email": "link", "letter": "paper", "in_person": "in-person",
}  # fmt: skip
#: What has become of somebody in the sample. Two are open; the rest are settled.
STATES: Final = {
    "reserve": "In reserve",
    "to_invite": "To invite",
    "invited": "Invited",
    "heard": "Heard",
    "declined": "Said no",
    "not_reached": "Not reached",
    "unsafe": "Unsafe to contact",
    "not_able": "Could not answer",
    "not_eligible": "Should not be in the sample",
}
OPEN: Final = ("to_invite", "invited")
#: States in which somebody else may be asked instead.
LOST: Final = ("declined", "not_reached", "unsafe", "not_able", "not_eligible")
#: State to what openoutcomes.voice calls it.
OUTCOMES: Final = {
    "reserve": "not-invited", "to_invite": "waiting", "invited": "waiting", "heard": "heard",
    "declined": "declined", "not_reached": "not-reached", "unsafe": "not-reached", "not_able": "other",
    "not_eligible": "not-eligible",
}  # fmt: skip
#: What a listener says came of asking; not "heard", which follows from a conversation.
RESULTS: Final = {
    "declined": "They said no",
    "not_reached": "I could not reach them",
    "unsafe": "It would not be safe to contact them",
    "not_able": "They could not answer: too ill, or no interpreter",
    "not_eligible": "They were never offered help, are listed twice, or have died",
}
#: What came of one try to reach somebody.
TRIES: Final = {
    "invited": "Invited them",
    "message": "Left a message that gives nothing away",
    "no_answer": "No answer",
    "arranged": "Arranged a time to talk",
    "link": "Gave them a link",
}

#: The questions that everybody is asked: code to words. The first and the last go by the standard's own codes.
HELPED: Final = "did-this-help"
NEXT: Final = "what-next"
ANSWERS: Final = {"yes": "Yes", "partly": "Partly", "no": "No"}
QUESTIONS: Final = {
    "helped": "Did it help?",
    "good": "What was good, or helped?",
    "in_way": "What got in the way?",
    "wanted": "What should we do differently?",
    "words": "Is there anything else you want to say?",
}
SCORE: Final = "From 0 to 10, how are things for you now? 10 is as good as they could be."
#: Fields of a conversation that hold what somebody said in words.
SAID: Final = ("good", "in_way", "wanted", "words")

TOLD: Final = {
    "page": "Read it on their own page",
    "link": "Read it through their link",
    "phone": "Told by phone",
    "in_person": "Told in person",
    "paper": "Sent on paper",
    "not_possible": "Could not be told",
}
KINDS: Final = {"did": "You said, we did", "cannot": "You said, we cannot, because"}
#: How a mystery shopper tried.
WAYS: Final = {
    "phone": "By phone", "door": "At the door", "online": "Online form or email", "text": "By text message",
    "letter": "By letter", "referral": "Asked another service to refer",
}  # fmt: skip
FACTS: Final = {
    "answered": "Somebody answered",
    "understood": "They understood what was needed",
    "next_step": "They said what happens next",
    "when": "They gave a day or a time",
    "kind": "They were kind",
    "again": "I would try again",
}
