"""Another program at a store: FILE KIND PAUSE_MS. Until SIGTERM it reads, writes or copies the file in a loop, each time
opened anew in SQLite's default mode; then it says how often that went well, and what was refused in which words."""
import collections, json, os, signal, sqlite3, sys, time

path, kind, pause_ms = sys.argv[1], sys.argv[2], float(sys.argv[3])
seen, is_over = collections.Counter(), []
signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
WRITES = ["UPDATE sessions SET pinned = 1", "DELETE FROM messages", "PRAGMA journal_mode = WAL", "VACUUM",
          "CREATE TABLE t (a)", "PRAGMA user_version = 77", "BEGIN EXCLUSIVE; DROP TABLE turns; COMMIT"]


def act(db):
    if kind == "read":
        db.execute("SELECT count(*), max(content) FROM messages").fetchone()
    elif kind == "backup":
        file = f"{path}.{os.getpid()}.copy"
        if os.path.exists(file):
            os.remove(file)
        copy = sqlite3.connect(file)
        db.backup(copy)
        copy.close()
    else:
        before = db.execute("PRAGMA data_version").fetchone()
        script = WRITES[seen.total() % len(WRITES)]
        if "journal_mode" in script:
            if db.execute(script).fetchone()[0] != "wal":
                raise sqlite3.OperationalError("stays as it was")
        else:
            db.executescript(script)


print("ready", flush=True)
while not is_over:
    try:
        db = sqlite3.connect(path, timeout=0)
        try:
            act(db)
        finally:
            db.close()
        seen["done"] += 1
    except sqlite3.Error as error:
        seen[str(error)] += 1
    time.sleep(pause_ms / 1000)
print(json.dumps(seen))
