"""The labels of the model's heads, in the order of their outputs. Changing one asks for retraining."""

from whowhom.records import Certainty, SourceKind

TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
_MODES_OF = {
    "CONSULT": "visit third-party multilateral phone",
    "RETREAT": "withdraw release disarm ceasefire access resign",
    "REQUEST": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "REJECT": "assist change yield meet",
    "THREATEN": "restrict arrest relations expel territory violence",
    "PROTEST": "demo riot strike hunger boycott obstruct vandalize",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber",
    "ASSAULT": "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack "
    "aerial drone heavy-weapons crowd-control unconventional",
}
MODES = tuple(f"{kind}.{mode}" for kind, modes in _MODES_OF.items() for mode in modes.split())
ROLES = ("actor", "recipient", "location", "date", "source", "condition", "killed", "injured", "size")
AUX = ("historical", "future", "hypothetical", "negation")
CERTAINTIES: tuple[Certainty, ...] = ("certain", "probable", "possible")
SOURCE_KINDS: tuple[SourceKind, ...] = ("author", "named", "unnamed")
SECTORS = tuple(
    "GOV MIL COP JUD LEG SPY PTY OPP REB PRM UAF UNK AGR BUS CRM CVL EDU ELI JRN LAB MED REF PRE REL "
    "SOC".split()
)
