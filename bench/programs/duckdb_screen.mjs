// duckdb_screen: the semi join an analyst would write, on all cores.
//
//   node duckdb_screen.mjs LIST FILE lines|csv|ndjson     prints how many rows hold a listed address
import { createRequire } from 'node:module';

const require = createRequire(process.cwd() + '/package.json');
const { DuckDBInstance } = require('@duckdb/node-api');

const [list, file, form] = process.argv.slice(2);
const quoted = (path) => `'${path.replaceAll("'", "''")}'`;
const lines = (path) =>
  `read_csv(${quoted(path)}, header=false, columns={'a':'VARCHAR'}, delim='\\x01', quote='', escape='')`;
const sources = {
  lines: `SELECT count(*) FROM ${lines(file)} WHERE a IN (SELECT a FROM listed)`,
  csv: `SELECT count(*) FROM read_csv(${quoted(file)}, header=false, all_varchar=true)
        WHERE column5 IN (SELECT a FROM listed) OR column6 IN (SELECT a FROM listed)`,
  ndjson: `SELECT count(*) FROM read_ndjson(${quoted(file)}, columns={'to':'VARCHAR'})
           WHERE "to" IN (SELECT a FROM listed)`,
};
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`CREATE TABLE listed AS SELECT DISTINCT a FROM ${lines(list)}`);
const rows = await connection.runAndReadAll(sources[form]);
console.log(String(rows.getRows()[0][0]));
