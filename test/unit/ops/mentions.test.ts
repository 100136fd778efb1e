import { describe, expect, it } from 'vitest';
import { mentions, wordsPattern } from '../../../ops/mentions.ts';

const ann = wordsPattern({ emails: ['ann@a.example'], ids: [] });
const payment = wordsPattern({ emails: [], ids: ['01JZ8Q4W3V5Y7X9R2T6N8M0KBC', 'PP-D-12'] });

describe('mentions', () => {
  it.each([
    ['a value', '{"payer":{"email_address":"ann@a.example"}}'],
    ['another case', '{"email":"Ann@A.Example"}'],
    ['a list', '[["x"],["ann@a.example"]]'],
    ['a text', '{"note":"Mail ann@a.example. Thanks"}'],
    ['a line of a text', '{"note":"Bye\\nann@a.example\\n"}'],
    ['escaped characters', '{"email":"ann\\u0040a.example"}'],
    ['a link', '{"href":"https://x.example/?to=ann%40a.example"}'],
    ['a key', '{"ann@a.example":1}'],
    ['a body that is not JSON', 'payer=ann@a.example&'],
  ])('finds an email address in %s', (_, body) => {
    expect(mentions(body, ann)).toBe(true);
  });

  it.each([
    ['a longer name', '{"email":"joann@a.example"}'],
    ['a name with a tag', '{"email":"x.ann@a.example"}'],
    ['a longer domain', '{"email":"ann@a.example.org"}'],
    ['a domain that goes on', '{"email":"ann@a.example-shop.org"}'],
    ['a domain with another character for its dot', '{"email":"ann@aXexample"}'],
    ['the payee', '{"purchase_units":[{"payee":{"email_address":"ann@a.example"}}]}'],
    ['the seller of a dispute', '{"disputed_transactions":[{"seller":{"email":"ann@a.example"}}]}'],
    ['an erased body', ''],
  ])('does not find it in %s', (_, body) => {
    expect(mentions(body, ann)).toBe(false);
  });

  it.each([
    ['pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC', true],
    ['https://paypal.example/disputes/PP-D-12/accept', true],
    ['PP-D-123', false],
    ['X01JZ8Q4W3V5Y7X9R2T6N8M0KBC', false],
  ])('finds ids as whole words: %s', (text, found) => {
    expect(mentions(JSON.stringify({ text }), payment)).toBe(found);
  });

  it('finds nothing when nothing is sought', () => {
    expect(mentions('{"email":""}', wordsPattern({ emails: [], ids: [] }))).toBe(false);
  });

  it('searches a body that is nested too deeply as text', () => {
    const deep = 100_000;

    expect(mentions(`${'['.repeat(deep)}"ann@a.example"${']'.repeat(deep)}`, ann)).toBe(true);
  });
});
