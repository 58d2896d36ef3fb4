"""What is wrong with a file that is to be a plan, in the words of the screen: each says what would be right."""

from flask_babel import gettext

from domain.floor_plans import LARGEST_BYTES, MOST_PIXELS, SHORTEST_SIDE_PX, PlanError, PlanFault
from portal.formats import number

MEGABYTE = 1_000_000


def in_words(error: PlanError) -> str:
    match error.fault:
        case PlanFault.EMPTY:
            return gettext("The file is empty. Choose a JPEG or PNG picture of the plan.")
        case PlanFault.TOO_LARGE:
            return gettext(
                "The file is larger than %(most)s MB. Save the picture smaller, or as JPEG.",
                most=LARGEST_BYTES // MEGABYTE,
            )
        case PlanFault.OTHER_KIND if error.found:
            return gettext(
                "By its content this file is %(kind)s, whatever its name says. A plan is a JPEG or PNG picture.",
                kind=error.found,
            )
        case PlanFault.OTHER_KIND:
            return gettext("This file is no picture. A plan is a JPEG or PNG picture.")
        case PlanFault.TOO_MANY_PIXELS:
            return gettext(
                "The picture has too many pixels (%(found)s). At most %(most)s million are taken, such as 6000 x 6000.",
                found=error.found or gettext("more than can be read"),
                most=number(MOST_PIXELS // MEGABYTE),
            )
        case PlanFault.TOO_SMALL:
            return gettext(
                "The picture is too small (%(found)s). Each side has at least %(least)s pixels.",
                found=error.found,
                least=SHORTEST_SIDE_PX,
            )
        case PlanFault.BROKEN:
            return gettext("The picture is damaged or incomplete. Save it once more as JPEG or PNG.")
