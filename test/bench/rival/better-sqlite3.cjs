// Reads or appends with better-sqlite3, as `session` does: node better-sqlite3.cjs DRIVERS FILE read|append
const [drivers, file, action] = process.argv.slice(2);
const Database = require(`${drivers}/node_modules/better-sqlite3`);
const { READ, APPEND, parameters } = require('./statements.cjs');

const db = new Database(file);
db.pragma('synchronous = FULL');
db.pragma('journal_mode = TRUNCATE');
if (action === 'read') process.stdout.write(`${JSON.stringify(db.prepare(READ).all())}\n`);
else db.prepare(APPEND).run(parameters());
db.close();
