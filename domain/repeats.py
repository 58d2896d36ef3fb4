"""Which commands are asked a second time where the first was not answered in time.

A station that is called over SOAP answers in the same breath; without an answer nobody knows whether it heard. To ask
once more is safe where two of the same leave a station as one does:

- what only asks: GetConfiguration, GetLocalListVersion, GetCompositeSchedule;
- what says how something is to be: ChangeConfiguration (a key has a value), ChangeAvailability (a station is in
  service or not), SetChargingProfile (a profile of the same id takes the place of the one before: OCPP 1.6, 5.16),
  ReserveNow (as does a reservation: 5.13);
- what takes something away that does not come back by itself: ClearCache, ClearChargingProfile, CancelReservation,
  RemoteStop (of one transaction, whose number no other has). The second answer may be a no, since nothing is left to
  take away.

Not so: RemoteStart and Unlock, since another may stand there by then; Reset, which would cut what began after the
first; UpdateFirmware, GetDiagnostics and GetLog, which begin again what is under way; TriggerMessage, which would make
the station say something twice; SendLocalList, of which a part that was taken already is refused and would make the
whole look refused; and DataTransfer, of which only the vendor knows.
"""

from domain.models.command import Action

SAFE = frozenset(
    {
        Action.CANCEL_RESERVATION,
        Action.CHANGE_AVAILABILITY,
        Action.CHANGE_CONFIGURATION,
        Action.CLEAR_CACHE,
        Action.CLEAR_CHARGING_PROFILE,
        Action.GET_COMPOSITE_SCHEDULE,
        Action.GET_CONFIGURATION,
        Action.GET_LOCAL_LIST_VERSION,
        Action.REMOTE_STOP,
        Action.RESERVE,
        Action.SET_CHARGING_PROFILE,
    }
)
