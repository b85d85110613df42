"""Which language a text is in, and how sure that is."""

from __future__ import annotations

import math

# Enough to be sure: with three times as many the answer is the same on every page of ../shared/markup.
_MAX_CHARACTERS = 1200
# Nigerian Pidgin: py3langid takes headlines and datelines of English for it ("Obama to nominate
# Caroline Kennedy as ambassador to Japan"), and a coder of English reads most of it.
_ENGLISH = ("en", "pcm")
# Volapük, in which no news is written, is what tables of figures are taken for; "zxx" is none.
_NO_LANGUAGE = ("vo", "zxx")
# A text is English unless another language is this much likelier. By evaluation/readers.py (2026-11), of
# 44,251 sentences and headlines in English 7 are then taken for another language, and of 228 foreign
# ones over 80 characters 5 for English; with 30 it is 18 and 3, with 500 none and 6.
_LIKELIER = 100.0

_NAMES = {
    "af": "Afrikaans", "am": "Amharic", "an": "Aragonese", "ar": "Arabic", "as": "Assamese",
    "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bo": "Tibetan",
    "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "dz": "Dzongkha", "el": "Greek", "en": "English", "eo": "Esperanto",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fo": "Faroese", "fr": "French", "fy": "Frisian", "ga": "Irish", "gl": "Galician",
    "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "ht": "Haitian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jv": "Javanese", "ka": "Georgian",
    "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz",
    "la": "Latin", "lb": "Luxembourgish", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi",
    "ms": "Malay", "mt": "Maltese", "my": "Burmese", "nb": "Norwegian", "ne": "Nepali",
    "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "oc": "Occitan", "or": "Odia",
    "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "qu": "Quechua",
    "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda", "sd": "Sindhi", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai",
    "ti": "Tigrinya", "tk": "Turkmen", "tl": "Tagalog", "tr": "Turkish", "ug": "Uyghur",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "vo": "Volapük",
    "ba": "Bashkir", "gd": "Gaelic", "lg": "Ganda", "ln": "Lingala", "om": "Oromo", "sa": "Sanskrit",
    "se": "Sami", "sn": "Shona", "st": "Sotho", "tt": "Tatar", "wa": "Walloon",
    "xh": "Xhosa", "yi": "Yiddish", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
# Records of other programs name a language in many ways; the coder needs one.
_CODE_BY_NAME = {name.lower(): code for code, name in _NAMES.items()}
_CODE_BY_THREE = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it",
    "nld": "nl", "dut": "nl", "rus": "ru", "ukr": "uk", "pol": "pl", "tur": "tr", "ara": "ar", "fas": "fa",
    "per": "fa", "heb": "he", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "hin": "hi", "urd": "ur",
    "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh",
}  # fmt: skip


def detect_language(text: str) -> tuple[str, float]:
    """Return the code of a text's language and its probability, 0 to 1.

    The code is that of ISO 639-1, or of ISO 639-3 for a language that has none there.

    Short texts and names tell little, so a text is English unless the evidence is clear.

        >>> detect_language("Lavrov met Fidan in Ankara on Monday.")[0]
        'en'
        >>> detect_language("Die Bundeskanzlerin traf am Montag den französischen Präsidenten.")[0]
        'de'
    """
    language, probability, english = _weigh(text)
    return (language, probability) if probability > _LIKELIER * english else ("en", english)


def settle_language(text: str, declared: str) -> str:
    """Return the language of a text whose page or feed declares one.

    Declarations are often those of the software ("en-US" on a Korean page), so they count only
    where the text itself is not clear.
    """
    language, probability, english = _weigh(text)
    if probability > _LIKELIER * english:
        return language
    return "en" if english > probability else normalize_language(declared) or "en"


def normalize_language(written: str) -> str:
    """Return the code of a written language: "en-US", "eng" and "English" are "en"; "" if unknown.

    >>> normalize_language("pt_BR")
    'pt'
    """
    written = written.strip().lower()
    code = written.replace("_", "-").partition("-")[0]
    code = _CODE_BY_NAME.get(written) or _CODE_BY_THREE.get(code) or code
    return "" if code in ("und", "mul", "zxx") or not code.isalpha() or len(code) > 3 else code


def name_language(code: str) -> str:
    """Return "German (de)", or the code alone where no name is known."""
    return f"{_NAMES[code]} ({code})" if code in _NAMES else repr(code)


def _weigh(text: str) -> tuple[str, float, float]:
    """Return the likeliest language that is not English, its probability and that of English."""
    from py3langid import rank  # type: ignore[import-untyped]

    sample = text[:_MAX_CHARACTERS]
    content = sample.encode("utf-8", "replace")
    scores = dict(rank(content))
    # The square root keeps the probabilities of short and long texts comparable; without it every
    # sentence is certain (py3langid does the same when asked to normalise).
    temperature = math.sqrt(len(content) or 1)
    best = max(scores.values())
    weights = {code: math.exp((score - best) / temperature) for code, score in scores.items()}
    total = sum(weights.values())
    for code in _NO_LANGUAGE:
        weights.pop(code, None)
    english = sum(weights.pop(code, 0.0) for code in _ENGLISH) / total
    other = max(weights, key=weights.__getitem__)
    return _CODE_BY_THREE.get(other, other), weights[other] / total, english if _is_latin(sample) else 0.0


def _is_latin(text: str) -> bool:
    """Tell whether half of the letters or more are Latin; all are where there is none."""
    letters = [character for character in text if character.isalpha()]
    n_latin = sum(letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" for letter in letters)
    return 2 * n_latin >= len(letters)
