/** usage: node echo.ts PORT CERT KEY — the floor: express over HTTPS that sends back the body it got, and decides nothing. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import express from 'express';

const [port, cert, key] = process.argv.slice(2) as [string, string, string];

const app = express();
app.use(express.json({ limit: '8mb' }));
app.post('/', (req, res) => {
  res.json(req.body);
});
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, app);
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
