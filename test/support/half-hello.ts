/** The most bytes that a TLS record may hold (RFC 8446 section 5.1). */
const RECORD = 16_384;
/** The announced length is nearly that of the longest ClientHello that OpenSSL takes. */
const ANNOUNCED = 131_000;

/** The beginning of a ClientHello, in records; the whole is announced to be longer. */
export function halfHello(bytes: number): Buffer {
  const hello = Buffer.alloc(bytes);
  hello.writeUInt8(1, 0);
  hello.writeUIntBE(ANNOUNCED, 1, 3);
  hello.writeUInt16BE(0x0303, 4);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes; at += RECORD) {
    const part = hello.subarray(at, at + RECORD);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}
