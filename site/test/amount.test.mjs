// How the page reads and writes amounts, without a browser: text and whole fen only.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fen, money, percentOf, portion, readAmount, typed } from '../src/app/amount.mjs';

/** @type {[string, string][]} */
const read = [
  ['', ''], ['  ', ''], ['0', '0.00'], ['00012', '12.00'], ['30000', '30000.00'], ['12,345.6', '12345.60'], ['1,234,567.89', '1234567.89'], ['１２，３４５．６', '12345.60'],
  ['¥12345', '12345.00'], ['￥ 12 345', '12345.00'], ['12345元', '12345.00'], ['1.2万', '12000.00'], ['3万', '30000.00'], ['1.23456万', '12345.60'], ['0.5万元', '5000.00'], ['2千', '2000.00'],
  ['.5', '0.50'], ['5.', '5.00'], ['12.340', '12.34'], ['99.9900', '99.99'], ['12。5', '12.50'], ['999999999.99', '999999999.99'], ['1亿', '100000000.00'],
];
for (const [text, value] of read) test(`“${text}” is read as ${value || 'nothing'}`, () => assert.deepEqual(readAmount(text), { value }));

/** @type {[string, string][]} */
const refused = [
  ['abc', 'format'], ['1e5', 'format'], ['12,34', 'format'], ['1,2345', 'format'], ['1.2.3', 'format'], ['.', 'format'], ['万', 'format'], ['1万2', 'format'], ['0x10', 'format'], ['一万', 'format'], ['NaN', 'format'], ['Infinity', 'format'],
  ['-5', 'amount_negative'], ['−5', 'amount_negative'], ['-abc', 'format'], ['1.234', 'amount_places'], ['0.0000001万', 'amount_places'], ['1000000000', 'amount_large'], ['10亿', 'amount_large'], ['9'.repeat(400), 'amount_large'],
];
for (const [text, error] of refused) test(`“${text.slice(0, 20)}” is refused: ${error}`, () => assert.deepEqual(readAmount(text), { error }));

test('money is written with groups of three and two decimals', () => {
  const cases = /** @type {[bigint, string][]} */ ([[0n, '0.00'], [5n, '0.05'], [50n, '0.50'], [123n, '1.23'], [99999n, '999.99'], [100000n, '1,000.00'], [1234567n, '12,345.67'], [99999999999n, '999,999,999.99']]);
  for (const [f, text] of cases) {
    assert.equal(money(f), text);
    assert.deepEqual(readAmount(text), { value: text.replaceAll(',', '') }, 'and can be typed back');
    assert.equal(fen(text.replaceAll(',', '')), f);
  }
});

test('shares and parts in percent', () => {
  for (const [share, text] of [['0.85', '85%'], ['0.855', '85.5%'], ['1', '100%'], ['0', '0%'], ['0.982', '98.2%'], ['0.05', '5%'], ['-0.1', '-10%'], ['0.0005', '0.05%']]) assert.equal(percentOf(share), text);
  for (const [part, whole, text] of /** @type {[bigint, bigint, string][]} */ ([[1n, 3n, '33.3%'], [2n, 3n, '66.7%'], [1n, 2000n, '0.1%'], [1n, 2001n, '0.0%'], [5n, 5n, '100.0%'], [0n, 5n, '0.0%'], [0n, 0n, '0.0%']])) assert.equal(portion(part, whole), text);
});

test('an amount goes into a field as somebody would type it', () => {
  for (const [amount, text] of [['12000.00', '12000'], ['12.50', '12.5'], ['12.05', '12.05'], ['0.00', '0']]) assert.equal(typed(amount), text);
});
