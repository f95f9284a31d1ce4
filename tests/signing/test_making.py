from document.page import Reading
from signing.making import Wanted, make
from signing.plan import plan_from
from tests.support.papers import SEAL_MM, drawn, image_size, reading_of, seal_image, signature_image


def wanted(reading: Reading) -> Wanted:
    return Wanted(
        reading=reading,
        image=signature_image(),
        image_size=image_size(signature_image()),
        seal_image=seal_image(),
        seal_mm=SEAL_MM,
        widest_number="8888",
        strict_lock=False,
        font_order=(),
    )


def test_a_set_is_planned_prepared_and_rehearsed_in_one_job() -> None:
    made = make(drawn().pdf, [drawn().pdf], wanted(reading_of(drawn())))
    main, attachment = made.files
    assert main.startswith(drawn().pdf)
    assert attachment.startswith(drawn().pdf)
    assert main != attachment
    assert plan_from(made.plan.as_json()) == made.plan
