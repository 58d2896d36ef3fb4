"""What each role may do: one table a role. A route that is registered needs its word in every table.

`own`: what belongs to the one who asks is there; what is others' and what is not there at all are both 404.
`all`: everything that is there; what is not is 404.
`gone`: it is there for this role, but not to be had just so: 404 for what the tests ask for.
`no`:  403, whatever the id, to others' things as to one's own.
Where a route names no object, `own` and `all` say whose things its answer may hold.
"""

from domain.roles import RoleName

ADMINISTRATOR = """
UserView              all: list show add edit delete export activate deactivate data
UserApi               all: get_list get info post put delete data
ImportUsersView       all: index template   gone: preview again cancel confirm progress report   all: discard
ChoiceView            all: users tags stations
ControlView           all: index ask   gone: now
BulkView              all: index
CommandView           all: list show export cancel
CommandBatchView      all: list show export now cancel again
MessageView           all: list show export newer
AlarmView             all: list show export new
AlarmHistoryView      all: list export
AlarmAcknowledgeView  all: index
AlarmRuleView         all: list show add edit delete export move restore attempt
EventView             all: list show export
AuditEntryView        all: list show export
BackupView            all: list export make
ChargingView          own: index now scan   gone: start stop command
ChargingOutletView    all: show now
ChargingMapView       all: index site
OutletCodeView        all: go
OwnSessionsView       own: index
OwnTagsView           own: index
MoreView              own: index data
UtilView              own: back
DashboardView         all: index pane
SearchView            all: index
TreeView              all: children menu places rename move remove
LiveView              all: listen
ConfigurationView     all: index
ServiceView           all: list show add edit delete export now secrets enable disable test send_again
AddressCodeView       all: show
TopologyView          all: index export
ImportTopologyView    all: index template   gone: preview again cancel confirm progress report   all: discard
SystemView            all: show edit
RetentionView         all: index
SiteView              all: list show add edit delete export
FloorView             all: list show add edit delete export
FloorPlanView         all: picture upload delete
PositionsView         all: index place take_off   gone: now
AddressView           all: index edit
MapView               all: index now
StationView           all: list show add edit delete export
StationPasswordView   all: index set make remove
SupplyLoadView        gone: index now edit
StationFileView       all: list export file
FileAccessView        all: index show renew
FirmwareImageView     all: list show add edit delete export file
FirmwareImageApi      all: get_list get info post delete
ParametersView        all: index compare   gone: upload read restart
RolloutView           all: list show plan cancel   gone: begin
OutletView            all: list show add edit delete export services sticker sticker_file
UnknownStationView    all: list adopt delete export
IdTokenView           all: list show add edit delete export
ChartsView            all: index csv
ChargingSessionView   all: list show export
ChargingSessionReviewView all: list export look
ReviewManyView        all: index
NewsItemView          all: list show add edit delete export preview
NewsView              all: index read
SettingsView          own: index
SavedViewView         gone: save remove
ExportsView           own: index   gone: file cancel remove
ExportSchedulesView   own: index add   gone: edit pause run remove
SecondFactorView      own: index remove set_up  all: reset
SwaggerView           all: show
OpenApi               all: get
SiteApi               all: get_list get info post put delete
FloorApi              all: get_list get info post put delete
FloorPlanApi          all: get put delete
StationApi            all: get_list get info post put delete
OutletApi             all: get_list get info post put delete
IdTokenApi            all: get_list get info post put delete
ChargingSessionApi    all: get_list get info export
MeterValueApi         all: info export
AlarmApi              all: get_list get info acknowledge
AlarmHistoryApi       all: get_list get info
CommandApi            all: get_list get info cancel
CommandBatchApi       all: get_list get info make cancel
StationCommandApi     all: post
StationParameterApi   all: get
OutletServiceApi      all: get put
"""

SITE_ADMINISTRATOR = """
UserView              own: list show export                      no: add edit delete activate deactivate data
UserApi               own: get_list get info                     no: post put delete data
ImportUsersView       no: index template preview again cancel confirm discard progress report
ChoiceView            own: stations                            no: users tags
ControlView           own: index ask   gone: now
BulkView              own: index
CommandView           own: list show export cancel
CommandBatchView      own: list show export now cancel again
MessageView           own: list show export newer
AlarmView             own: list show export new
AlarmHistoryView      own: list export
AlarmAcknowledgeView  own: index
AlarmRuleView         no: list show add edit delete export move restore attempt
EventView             own: list show export
AuditEntryView        no: list show export
BackupView            no: list export make
ChargingView          no: index now scan start stop command
ChargingOutletView    no: show now
ChargingMapView       no: index site
OutletCodeView        own: go
OwnSessionsView       no: index
OwnTagsView           no: index
MoreView              no: index data
UtilView              own: back
DashboardView         own: index pane
SearchView            own: index
TreeView              own: children menu places rename move remove
LiveView              own: listen
ConfigurationView     own: index
ServiceView           no: list show add edit delete export now secrets enable disable test send_again
AddressCodeView       own: show
TopologyView          own: index export
ImportTopologyView    own: index template   gone: preview again cancel confirm progress report   own: discard
SystemView            own: show                                  no: edit
RetentionView         no: index
SiteView              own: list show edit export                 no: add delete
FloorView             own: list show add edit delete export
FloorPlanView         own: picture upload delete
PositionsView         own: index place take_off   gone: now
AddressView           own: index edit
MapView               own: index now
StationView           own: list show add edit delete export
StationPasswordView   own: index set make remove
SupplyLoadView        gone: index now edit
StationFileView       own: list export file
FileAccessView        own: index show renew
FirmwareImageView     all: list show export file                 no: add edit delete
FirmwareImageApi      all: get_list get info                     no: post delete
ParametersView        own: index compare   gone: upload read restart
RolloutView           own: list show plan cancel   gone: begin
OutletView            own: list show add edit delete export services sticker sticker_file
UnknownStationView    no: list adopt delete export
IdTokenView           no: list show add edit delete export
ChartsView            own: index csv
ChargingSessionView   own: list show export
ChargingSessionReviewView own: list export look
ReviewManyView        own: index
NewsItemView          no: list show add edit delete export preview
NewsView              own: index read
SettingsView          own: index
SavedViewView         gone: save remove
ExportsView           own: index   gone: file cancel remove
ExportSchedulesView   own: index add   gone: edit pause run remove
SecondFactorView      own: index remove set_up                   no: reset
SwaggerView           own: show
OpenApi               own: get
SiteApi               own: get_list get info put                 no: post delete
FloorApi              own: get_list get info post put delete
FloorPlanApi          own: get put delete
StationApi            own: get_list get info post put delete
OutletApi             own: get_list get info post put delete
IdTokenApi            no: get_list get info post put delete
ChargingSessionApi    own: get_list get info export
MeterValueApi         own: info export
AlarmApi              own: get_list get info acknowledge
AlarmHistoryApi       own: get_list get info
CommandApi            own: get_list get info cancel
CommandBatchApi       own: get_list get info make cancel
StationCommandApi     own: post
StationParameterApi   own: get
OutletServiceApi      own: get put
"""

SUPPORT = """
UserView              no: list show add edit delete export activate deactivate data
UserApi               no: get_list get info post put delete data
ImportUsersView       no: index template preview again cancel confirm discard progress report
ChoiceView            all: stations                            no: users tags
ControlView           all: index ask   gone: now
BulkView              all: index
CommandView           all: list show export cancel
CommandBatchView      all: list show export now cancel again
MessageView           all: list show export newer
AlarmView             all: list show export new
AlarmHistoryView      all: list export
AlarmAcknowledgeView  all: index
AlarmRuleView         no: list show add edit delete export move restore attempt
EventView             all: list show export
AuditEntryView        no: list show export
BackupView            no: list export make
ChargingView          no: index now scan start stop command
ChargingOutletView    no: show now
ChargingMapView       no: index site
OutletCodeView        all: go
OwnSessionsView       no: index
OwnTagsView           no: index
MoreView              no: index data
UtilView              own: back
DashboardView         all: index pane
SearchView            all: index
TreeView              all: children menu places rename move remove
LiveView              all: listen
ConfigurationView     all: index
ServiceView           no: list show add edit delete export now secrets enable disable test send_again
AddressCodeView       all: show
TopologyView          all: index export
ImportTopologyView    all: index template   gone: preview again cancel confirm progress report   all: discard
SystemView            all: show edit
RetentionView         no: index
SiteView              all: list show add edit delete export
FloorView             all: list show add edit delete export
FloorPlanView         all: picture upload delete
PositionsView         all: index place take_off   gone: now
AddressView           all: index edit
MapView               all: index now
StationView           all: list show add edit delete export
StationPasswordView   all: index set make remove
SupplyLoadView        gone: index now edit
StationFileView       all: list export file
FileAccessView        all: index show renew
FirmwareImageView     all: list show add edit delete export file
FirmwareImageApi      all: get_list get info post delete
ParametersView        all: index compare   gone: upload read restart
RolloutView           all: list show plan cancel   gone: begin
OutletView            all: list show add edit delete export services sticker sticker_file
UnknownStationView    all: list adopt delete export
IdTokenView           no: list show add edit delete export
ChartsView            all: index csv
ChargingSessionView   all: list show export
ChargingSessionReviewView all: list export   no: look
ReviewManyView        no: index
NewsItemView          no: list show add edit delete export preview
NewsView              own: index read
SettingsView          own: index
SavedViewView         gone: save remove
ExportsView           own: index   gone: file cancel remove
ExportSchedulesView   own: index add   gone: edit pause run remove
SecondFactorView      own: index remove set_up                   no: reset
SwaggerView           own: show
OpenApi               own: get
SiteApi               all: get_list get info post put delete
FloorApi              all: get_list get info post put delete
FloorPlanApi          all: get put delete
StationApi            all: get_list get info post put delete
OutletApi             all: get_list get info post put delete
IdTokenApi            no: get_list get info post put delete
ChargingSessionApi    all: get_list get info export
MeterValueApi         all: info export
AlarmApi              all: get_list get info acknowledge
AlarmHistoryApi       all: get_list get info
CommandApi            all: get_list get info cancel
CommandBatchApi       all: get_list get info make cancel
StationCommandApi     all: post
StationParameterApi   all: get
OutletServiceApi      all: get put
"""

EV_USER = """
UserView              no: list show add edit delete export activate deactivate data
UserApi               no: get_list get info post put delete data
ImportUsersView       no: index template preview again cancel confirm discard progress report
ChoiceView            no: users tags stations
ControlView           no: index ask now
BulkView              no: index
CommandView           no: list show export cancel
CommandBatchView      no: list show export now cancel again
MessageView           no: list show export newer
AlarmView             no: list show export new
AlarmHistoryView      no: list export
AlarmAcknowledgeView  no: index
AlarmRuleView         no: list show add edit delete export move restore attempt
EventView             no: list show export
AuditEntryView        no: list show export
BackupView            no: list export make
ChargingView          own: index now scan stop command   gone: start
ChargingOutletView    all: show now
ChargingMapView       all: index site
OutletCodeView        all: go
OwnSessionsView       own: index
OwnTagsView           own: index
MoreView              own: index data
UtilView              own: back
DashboardView         own: index pane
SearchView            no: index
TreeView              no: children menu places rename move remove
LiveView              own: listen
ConfigurationView     no: index
ServiceView           no: list show add edit delete export now secrets enable disable test send_again
AddressCodeView       no: show
TopologyView          no: index export
ImportTopologyView    no: index template preview again cancel confirm discard progress report
SystemView            no: show edit
RetentionView         no: index
SiteView              no: list show add edit delete export
FloorView             no: list show add edit delete export
FloorPlanView         no: picture upload delete
PositionsView         no: index place take_off now
AddressView           no: index edit
MapView               no: index now
StationView           no: list show add edit delete export
StationPasswordView   no: index set make remove
SupplyLoadView        no: index now edit
StationFileView       no: list export file
FileAccessView        no: index show renew
FirmwareImageView     no: list show add edit delete export file
FirmwareImageApi      no: get_list get info post delete
ParametersView        no: index compare upload read restart
RolloutView           no: list show plan cancel begin
OutletView            no: list show add edit delete export services sticker sticker_file
UnknownStationView    no: list adopt delete export
IdTokenView           own: list show export                      no: add edit delete
ChartsView            own: index csv
ChargingSessionView   own: list show export
ChargingSessionReviewView no: list export look
ReviewManyView        no: index
NewsItemView          no: list show add edit delete export preview
NewsView              own: index read
SettingsView          own: index
SavedViewView         gone: save remove
ExportsView           own: index   gone: file cancel remove
ExportSchedulesView   own: index add   gone: edit pause run remove
SecondFactorView      own: index remove set_up                   no: reset
SwaggerView           own: show
OpenApi               own: get
SiteApi               no: get_list get info post put delete
FloorApi              no: get_list get info post put delete
FloorPlanApi          no: get put delete
StationApi            no: get_list get info post put delete
OutletApi             no: get_list get info post put delete
IdTokenApi            own: get_list get info                     no: post put delete
ChargingSessionApi    own: get_list get info export
MeterValueApi         own: info export
AlarmApi              no: get_list get info acknowledge
AlarmHistoryApi       no: get_list get info
CommandApi            own: get_list get info                     no: cancel
CommandBatchApi       no: get_list get info make cancel
StationCommandApi     no: post
StationParameterApi   no: get
OutletServiceApi      no: get put
"""

OPEN = """
SignInView            login code logout
ForgottenPasswordView forgot reset
SecurityApi           login refresh
unsubscribe           ask stop
LocaleView            index
health                healthz
metrics               scrape
app_shell             manifest worker offline
parking               start stop status
ocpi                  versions details locations location evse connector
appbuilder            static
"""
"""Doors that are open to everybody; each has tests of its own."""

OF_ROLE = {
    RoleName.ADMINISTRATOR: ADMINISTRATOR,
    RoleName.SITE_ADMINISTRATOR: SITE_ADMINISTRATOR,
    RoleName.SUPPORT: SUPPORT,
    RoleName.EV_USER: EV_USER,
}

OBJECTS = {
    "System": "system",
    "Service": "service",
    "Site": "site",
    "Floor": "floor",
    "FloorPlan": "floor",
    "Positions": "station",
    "Station": "station",
    "StationPassword": "station",
    "StationFile": "station_file",
    "FileAccess": "station",
    "FirmwareImage": "firmware_image",
    "Exports": "export_file",
    "ExportSchedules": "export_schedule",
    "Rollout": "rollout",
    "Outlet": "outlet",
    "ChargingOutlet": "outlet_uuid",
    "OutletCode": "outlet_uuid",
    "ChargingMap": "site",
    "UnknownStation": "unknown_station",
    "IdToken": "id_token",
    "ChargingSession": "charging_session",
    "ChargingSessionReview": "charging_session",
    "NewsItem": "news",
    "News": "news",
    "SavedView": "saved_view",
    "SecondFactor": "user",
    "User": "user",
    "Event": "event",
    "Alarm": "alarm",
    "AlarmRule": "alarm_rule",
    "AlarmHistory": "alarm_history",
    "Message": "message",
    "Command": "command",
    "StationCommand": "station",
    "StationParameter": "station",
    "OutletService": "outlet",
    "CommandBatch": "command_batch",
    "AuditEntry": "audit_entry",
}
"""What the key in a view's addresses names: the view's class without `View` or `Api`, and the kind in the world."""


def doors(table: str) -> dict[str, str]:
    """Each endpoint and its word."""
    found = {}
    for line in table.strip().splitlines():
        view, *words = line.split()
        word = ""
        for each in words:
            if each.endswith(":"):
                word = each[:-1]
            else:
                found[f"{view}.{each}"] = word
    return found
