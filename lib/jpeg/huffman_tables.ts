/**
 * The usual Huffman tables of ITU-T T.81 (K.3.3), as one DHT segment: for each its class and
 * number, the number of codes of each length from 1 to 16, and their values.
 */
const TABLES = [
  // Luminance DC (table K.3)
  "00",
  "00010501010101010100000000000000",
  "000102030405060708090a0b",
  // Luminance AC (table K.5)
  "10",
  "0002010303020403050504040000017d",
  "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a16",
  "1718191a25262728292a3435363738393a434445464748494a535455565758595a63646566676869",
  "6a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6",
  "b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8",
  "f9fa",
  // Chrominance DC (table K.4)
  "01",
  "00030101010101010101010000000000",
  "000102030405060708090a0b",
  // Chrominance AC (table K.6)
  "11",
  "00020102040403040705040400010277",
  "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434",
  "e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768",
  "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4",
  "b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8",
  "f9fa",
].join("");

const TABLE_BYTES = Uint8Array.fromHex(TABLES);

/** A DHT segment with its marker, ready to be inserted before the first scan of a picture. */
export const HUFFMAN_TABLES: Uint8Array<ArrayBuffer> = new Uint8Array([
  0xff,
  0xc4,
  (TABLE_BYTES.length + 2) >> 8,
  (TABLE_BYTES.length + 2) & 0xff,
  ...TABLE_BYTES,
]);
