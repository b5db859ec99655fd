import pytest

from attendance.domain import refusals
from attendance.domain.verdicts import Verdict
from attendance.letters import in_one_sms
from foundation.messages import SEGMENT, in_one_alphabet
from foundation.refusals import Refusal
from foundation.times import say_day
from tests.house import START, House

URL = "https://rendez-vous.federation-des-associations.example/{}/03f224pheght3.XIxLTX39bLO0pWW0DG2tgw"
NAME = "Fédération départementale des œuvres laïques et d'éducation permanente de la Réunion"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("key", ["code_sms", "sign_sms", "countersign_sms"])
def test_an_sms_fits_in_one_segment_whatever_the_organisation_s_name(
    sqlite_house: House, language: str, key: str
) -> None:
    say = sqlite_house.services.wording.in_language(language)
    path = "contresigner" if key == "countersign_sms" else "signer"
    values = {"code": "123456", "day": say_day(START.date(), language), "url": URL.format(path)}
    text = in_one_sms(say, f"attendance_message.{key}", "+33639980001", NAME, values).text
    assert len(text) <= SEGMENT
    assert text == in_one_alphabet(text)
    assert ("123456" in text) if key == "code_sms" else text.endswith(values["url"])


def test_every_verdict_and_every_refusal_has_its_sentence(sqlite_house: House) -> None:
    wording = sqlite_house.services.wording
    codes = [
        kind().code
        for kind in vars(refusals).values()
        if isinstance(kind, type) and issubclass(kind, Refusal) and kind.__module__ == refusals.__name__
    ]
    assert [code for code in codes if not wording.has(f"refusal.{code}")] == []
    assert [verdict for verdict in Verdict if not wording.has(f"verdict.{verdict}")] == []
