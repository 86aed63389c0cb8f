import { expect, test } from '@jest/globals';
import { decodeValue, encodeValue } from '../../src/index.js';

test('a large view travels uncopied, and only the part that it shows', () => {
  const memory = new Float64Array(100_000);
  const { buffers, body } = encodeValue(memory.subarray(1000, 2000));
  expect(body.length).toBeLessThan(20);
  expect(buffers).toHaveLength(1);
  expect([buffers[0]?.buffer, buffers[0]?.byteOffset, buffers[0]?.byteLength]).toEqual([memory.buffer, 8000, 8000]);
});

test('a decoded view is a view of the buffer that came along', () => {
  const payload = encodeValue(new Float64Array(1000).fill(3));
  const received = new Uint8Array(8000);
  received.set(payload.buffers[0] as Uint8Array);
  const back = decodeValue({ body: payload.body, buffers: [received] }) as Float64Array;
  expect(back.buffer).toBe(received.buffer);
  expect(back[999]).toBe(3);
});

test('a buffer that is not aligned is copied', () => {
  const payload = encodeValue(new Float64Array(1000).fill(3));
  const received = new Uint8Array(8003).subarray(3);
  received.set(payload.buffers[0] as Uint8Array);
  expect(decodeValue({ body: payload.body, buffers: [received] })).toStrictEqual(new Float64Array(1000).fill(3));
});

test('views of shared memory stay on it when decoded, and travel on as data', () => {
  const payload = encodeValue(new Int32Array(1000).fill(7));
  const shared = new Uint8Array(new SharedArrayBuffer(4000));
  shared.set(payload.buffers[0] as Uint8Array);
  const back = decodeValue({ body: payload.body, buffers: [shared] }) as Int32Array;
  expect(back.buffer).toBe(shared.buffer);
  const again = decodeValue(encodeValue(back)) as Int32Array;
  expect(Array.from(again)).toEqual(Array.from(back));
});

test('shared memory itself is refused', () => {
  expect(() => encodeValue({ memory: new SharedArrayBuffer(8) })).toThrow(/value\.memory: it is a SharedArrayBuffer/);
});

test('views of one buffer keep sharing it where the first one shows all', () => {
  const memory = new ArrayBuffer(4096);
  const value = { all: new Uint8Array(memory), part: new Float64Array(memory, 8, 2), memory };
  const back = decodeValue(encodeValue(value)) as typeof value;
  expect(back.part.buffer).toBe(back.all.buffer);
  expect(back.memory).toBe(back.all.buffer);
  back.part[0] = 1;
  expect(back.all.subarray(8, 16)).toEqual(new Uint8Array(new Float64Array([1]).buffer));
});

test.each([10, 5000])('Buffers, DataViews and ArrayBuffers of %d bytes stay what they are', (size) => {
  const buffer = Buffer.alloc(size, 'ab');
  const memory = new Uint8Array(buffer).buffer;
  const back = decodeValue(encodeValue([buffer, new DataView(memory, 2, 4), memory.slice(0)])) as [
    Buffer,
    DataView,
    ArrayBuffer,
  ];
  expect(Buffer.isBuffer(back[0])).toBe(true);
  expect(back[0].equals(buffer)).toBe(true);
  expect([back[1].byteLength, back[1].getUint8(0)]).toEqual([4, buffer[2]]);
  expect(new Uint8Array(back[2])).toEqual(new Uint8Array(buffer));
});

test('memory that was transferred away is refused', () => {
  const view = new Uint8Array(8);
  const { buffer } = view;
  structuredClone(buffer, { transfer: [buffer] });
  for (const value of [buffer, view])
    expect(() => encodeValue([value])).toThrow(/value\[0\]: its memory was transferred away/);
});
