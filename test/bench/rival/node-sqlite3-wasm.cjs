// Reads or appends with node-sqlite3-wasm, as `session` does: node node-sqlite3-wasm.cjs DRIVERS FILE read|append
const [drivers, file, action] = process.argv.slice(2);
const { Database } = require(`${drivers}/node_modules/node-sqlite3-wasm`);
const { READ, APPEND, parameters } = require('./statements.cjs');

const db = new Database(file);
db.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = TRUNCATE');
if (action === 'read') process.stdout.write(`${JSON.stringify(db.all(READ))}\n`);
else db.run(APPEND, parameters());
db.close();
