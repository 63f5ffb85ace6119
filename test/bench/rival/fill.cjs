// Makes the rivals' database: node fill.cjs DRIVERS FILE MESSAGES
const [drivers, file, messages] = process.argv.slice(2);
const Database = require(`${drivers}/node_modules/better-sqlite3`);
const { TABLE, APPEND } = require('./statements.cjs');

const db = new Database(file);
db.exec(TABLE);
const insert = db.prepare(APPEND);
const content = '0'.repeat(300);
db.transaction(() => {
  for (let n = 0; n < Number(messages); n++)
    insert.run(
      (Math.floor(n / 2) % Math.ceil(Number(messages) / 10)).toString(16).padStart(8, '0'),
      n % 2 ? 'assistant' : 'user',
      n,
      content,
    );
})();
db.close();
