import pytest

from domain.statuses import OutletStatus, Shown, shown_of_outlet, shown_of_station, worst

OUTLETS = {
    None: Shown.AVAILABLE,
    OutletStatus.AVAILABLE: Shown.AVAILABLE,
    OutletStatus.PREPARING: Shown.CHARGING,
    OutletStatus.CHARGING: Shown.CHARGING,
    OutletStatus.SUSPENDED_EV: Shown.CHARGING,
    OutletStatus.SUSPENDED_EVSE: Shown.CHARGING,
    OutletStatus.FINISHING: Shown.CHARGING,
    OutletStatus.RESERVED: Shown.CHARGING,
    OutletStatus.OCCUPIED: Shown.CHARGING,
    OutletStatus.UNAVAILABLE: Shown.OFFLINE,
    OutletStatus.FAULTED: Shown.FAULT,
}


def test_every_state_of_an_outlet_is_shown():
    assert {status: shown_of_outlet(True, None, status) for status in [None, *OutletStatus]} == OUTLETS


@pytest.mark.parametrize("status", [None, *OutletStatus])
def test_every_outlet_of_an_offline_station_is_offline(status):
    assert shown_of_outlet(False, None, status) is Shown.OFFLINE


STATIONS = {
    "no outlets": (True, None, [], Shown.AVAILABLE),
    "all free": (True, OutletStatus.AVAILABLE, [OutletStatus.AVAILABLE, None], Shown.AVAILABLE),
    "one charges": (True, None, [OutletStatus.AVAILABLE, OutletStatus.CHARGING], Shown.CHARGING),
    "one is faulty": (True, None, [OutletStatus.CHARGING, OutletStatus.FAULTED], Shown.FAULT),
    "the station is faulty": (True, OutletStatus.FAULTED, [OutletStatus.AVAILABLE], Shown.FAULT),
    "one is out of service": (True, None, [OutletStatus.AVAILABLE, OutletStatus.UNAVAILABLE], Shown.AVAILABLE),
    "all are out of service": (True, None, [OutletStatus.UNAVAILABLE], Shown.OFFLINE),
    "the station is out of service": (True, OutletStatus.UNAVAILABLE, [OutletStatus.AVAILABLE], Shown.OFFLINE),
    "offline": (False, OutletStatus.FAULTED, [OutletStatus.CHARGING], Shown.OFFLINE),
}


@pytest.mark.parametrize(("online", "status", "outlets", "shown"), STATIONS.values(), ids=STATIONS.keys())
def test_station_is_shown(online, status, outlets, shown):
    assert shown_of_station(online, status, outlets) is shown


def test_a_branch_shows_the_worst_below_it():
    assert worst([Shown.AVAILABLE, Shown.FAULT, Shown.CHARGING]) is Shown.FAULT
    assert worst([Shown.FAULT, Shown.OFFLINE]) is Shown.OFFLINE
    assert worst([]) is Shown.AVAILABLE
