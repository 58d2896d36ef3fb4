import time
import pytest
from sqlalchemy import insert, select, func
from domain import batches, commands, asking
from domain.audit import audited_session_factory, acting
from domain.models import *
from domain.asking import *
from tests.domain.conftest import NINE
from tests.domain.test_batches import make_stations

@pytest.mark.parametrize(("action","parameters"), [(Action.RESET,{}),(Action.UNLOCK,{"outlet":1}),(Action.REMOTE_STOP,{"outlet":1}),(Action.SEND_LOCAL_LIST,{})])
def test_speed(db, make_stations, action, parameters):
    ids = make_stations(10_000)
    t=time.perf_counter()
    with acting(None,"1"), audited_session_factory()() as asked:
        b=batches.make(asked, action, parameters, ids, None, NINE)
        t1=time.perf_counter()
        asked.commit()
    t2=time.perf_counter()
    print("\nmake", action, round(t1-t,2), "commit", round(t2-t1,2))
    t=time.perf_counter(); print(batches.counts(db,b.id)); print("counts", round(time.perf_counter()-t,3))
    t=time.perf_counter(); commands.stations_to_tell(db,b.id); print("tell", round(time.perf_counter()-t,3))
    t=time.perf_counter(); batches.cancel(db,b,NINE); db.commit(); print("cancel", round(time.perf_counter()-t,3))

def test_tags(db, make_stations):
    rows=[{"token": f"{i*7919+100000:X}", "identity": str(i*7919+100000)} for i in range(100_000)]
    db.execute(insert(IdToken), rows); db.commit()
    [a]=make_stations(1)
    s=db.get(Station,a)
    for k in range(2):
        t=time.perf_counter(); c=ask(db,s,Action.SEND_LOCAL_LIST,{},None,NINE); db.commit(); print("\n100k list", round(time.perf_counter()-t,2), c.parameters)
    s.local_list_id=c.parameters["target"]; db.commit()
    db.query(Command).delete(); db.execute(IdToken.__table__.delete().where(IdToken.id<100)); db.commit()
    t=time.perf_counter(); c=ask(db,s,Action.SEND_LOCAL_LIST,{"update":"differential"},None,NINE); db.commit(); print("\n100k diff", round(time.perf_counter()-t,2), c.parameters)
