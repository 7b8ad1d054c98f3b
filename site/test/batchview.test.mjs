// Many cases in the page: a table in, a table out, in three engines.
import './json.mjs';
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eachEngine, nothingLeft, witnessed } from './spec.mjs';
import { fresh, looks, reads, textOf } from './views.mjs';

const { decoded, longerThan, readRows, withPaths } = await import('../src/app/csv.mjs');
const OUT = fileURLToPath(new URL('./out', import.meta.url));

// Beijing, employee in work, tertiary, first stay (decree 158, articles 36 and 37):
// (30,000 − 1,300) × 85 % + 10,000 × 90 % + 20,000 × 95 % = 52,395.00 of 60,000 by the fund, 7,605.00 remain;
// (20,000 − 1,300) × 85 % = 15,895.00 of 20,000, 4,105.00 remain.
const HEAD = 'id,region,date,person.scheme,person.status,visit.kind,visit.level,visit.admission,visit.place,bill.total';
const row = (/** @type {string} */ id, /** @type {string} */ total, level = 'tertiary') => `${id},110000,2026-05-01,employee,active,inpatient,${level},1,local,${total}`;
const table = (/** @type {string[]} */ ...rows) => [HEAD, ...rows, ''].join('\r\n');

test('a table is read as spreadsheets write it', () => {
  assert.deepEqual(readRows('a,"b ""x""\ny",\r\n1;2\t3\n'), [['a', 'b "x"\ny', ''], ['1', '2', '3']]);
  const words = (/** @type {string} */ path) => ({ id: '编号', 'bill.total': '总费用', 'visit.level': '医院级别' })[path] ?? path;
  assert.equal(withPaths('\ufeff编号,"总费用",visit.level,别的\r\n编号,总费用,x,y', words), 'id,bill.total,visit.level,别的\r\n编号,总费用,x,y', 'the header alone is put into paths');
  assert.equal(withPaths('编号;总费用\n1;2', words), 'id;bill.total\n1;2');
  const gbk = Uint8Array.of(0xd5, 0xc5, 0xc8, 0xfd); // 张三 in GB 2312
  assert.deepEqual(decoded(gbk.buffer), { text: '张三', encoding: 'gb18030' });
  assert.deepEqual(decoded(new TextEncoder().encode('张三').buffer), { text: '张三', encoding: 'utf-8' });
  assert.deepEqual(decoded(Uint8Array.of(0xff, 0xfe, 0x20, 0x5f).buffer), { text: '张', encoding: 'utf-16le' });
  assert.equal(longerThan('a\nb\nc', 2), false);
  assert.equal(longerThan('a\nb\nc\n', 2), true);
  assert.equal(longerThan('a\rb\rc\r', 2), true);
});

eachEngine('Batch', { timeout: 300_000 }, (t) => {
  const once = (/** @type {string} */ name, /** @type {any} */ options, /** @type {(c: import('node:test').TestContext) => Promise<void>} */ body) => { if (t.engine === 'chromium') test(name, options, body); };
  const open = async () => {
    await fresh(t, 'batch/');
    // What the page gives away as a file is kept here instead.
    await t.b.eval(() => {
      URL.createObjectURL = (/** @type {any} */ blob) => { blob.arrayBuffer().then((/** @type {ArrayBuffer} */ b) => { /** @type {any} */ (globalThis).saved = [...new Uint8Array(b)]; }); return '#'; };
    });
  };
  const file = (/** @type {string} */ name, /** @type {string | Uint8Array} */ text) => { mkdirSync(OUT, { recursive: true }); const path = `${OUT}/${t.engine}-${name}`; writeFileSync(path, text); return path; };
  const upload = (/** @type {string} */ name, /** @type {string | Uint8Array} */ text) => t.b.upload('#file', file(name, text));
  const saved = async (/** @type {string} */ button) => {
    await t.b.eval('globalThis.saved = undefined');
    await t.b.click(button);
    await t.b.until('globalThis.saved !== undefined', { what: 'a file' });
    return Buffer.from(await t.b.eval('globalThis.saved'));
  };
  const verdict = (/** @type {RegExp | string} */ wanted, ms = 20_000) => reads(t.b, '#verdict', wanted, ms);

  before(open, { timeout: 60_000 });

  test('the template, in words and in field names, settles as it is', async () => {
    await open();
    for (const [button, head] of [['#template-words', /^编号,在哪里参保,出院或就诊日期,/], ['#template-paths', /^id,region,date,/]]) {
      const bytes = await saved(/** @type {string} */ (button));
      assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'a mark by which Excel knows UTF-8');
      assert.match(bytes.toString().slice(1), /** @type {RegExp} */ (head));
      await upload('template.csv', bytes);
      await verdict('1 行，全部算出');
      // Retired, second stay, 2,000 self-funded and 1,000 paid first: 91 % of (27,000 − 650) = 23,978.50, 6,021.50 remain.
      await reads(t.b, '.preview-table tbody', /30,000\.00 23,978\.50 6,021\.50/);
    }
    const out = (await saved('#save')).toString();
    assert.equal(out[0], '\ufeff');
    assert.match(out, /^.?id,medfee_sumamt,.*\r\n1,30000\.00,.*,23978\.50,/);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
  });

  test('pasted by keyboard; each error names row, column and remedy', async () => {
    await open();
    await t.b.eval('document.getElementById("paste").open = true');
    await t.b.eval((/** @type {string} */ text) => { /** @type {any} */ (document.getElementById('i-paste')).value = text; }, table(row('a', '60000'), row('b', 'x'), row('c', '20000', 'nowhere'), row('d', '20000'), 'e,110000'));
    await t.b.eval('document.getElementById("paste-run").focus()');
    await t.b.press('Enter');
    await verdict('5 行，其中 3 行没有算出');
    await reads(t.b, '.preview-table tbody', /a 60,000\.00 52,395\.00 7,605\.00/);
    assert.match(await textOf(t.b, '.preview-table tbody'), /d 20,000\.00 15,895\.00 4,105\.00/);
    const errors = await textOf(t.b, '.batch-errors');
    assert.match(errors, /第 2 行（b），“总费用 bill\.total”这一列：看不懂这个数。请填数字/);
    assert.match(errors, /第 3 行（c），“医院级别 visit\.level”这一列：.*可以选：community、/);
    assert.match(errors, /第 5 行（e）：格子数和列名对不上，应该有 10 格/);
    assert.equal(await t.b.eval('document.activeElement.id'), 'verdict');
  });

  test('GBK is read, and said', async () => {
    await open();
    const [before, after] = table(row('@', '60000')).split('@');
    await upload('gbk.csv', Buffer.concat([Buffer.from(before), Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]), Buffer.from(after)]));
    await verdict('1 行，全部算出');
    await reads(t.b, '.preview-table tbody', /张三 60,000\.00/);
    assert.match(await textOf(t.b, '#done'), /按 GBK/);
  });

  test('hostile cells stay text here and in the spreadsheet', async () => {
    await open();
    await upload('hostile.csv', table(row('"=HYPERLINK(""http://evil.example"",""x"")"', '60000'), row('<img src=x onerror=alert(1)>', '20000'), row('@SUM(1)', 'x'), row('"+1"', '1000')));
    await verdict('4 行，其中 1 行没有算出');
    assert.equal(await t.b.eval('document.querySelectorAll("#done img, #done a").length'), 0);
    assert.match(await textOf(t.b, '.preview-table tbody'), /<img src=x onerror=alert\(1\)>/);
    const out = (await saved('#save')).toString().slice(1);
    for (const cells of readRows(out)) for (const cell of cells) assert.doesNotMatch(cell, /^[=+@\t\r-]/);
    assert.match(out, /"'=HYPERLINK\(""http/);
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
    nothingLeft(t);
  });

  test('what is no table, too long, or has an unknown column is refused, with what to do', async () => {
    await open();
    const refused = (/** @type {RegExp} */ wanted) => reads(t.b, '#e-file', wanted, 15_000);
    await upload('empty.csv', ' \r\n');
    await refused(/空的/);
    await upload('book.xlsx', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0));
    await refused(/xlsx/);
    await upload('column.csv', table(row('a', '1')).replace('bill.total', 'bill.totl'));
    await refused(/“bill\.totl”不认识/);
    await upload('twice.csv', 'bill.total,总费用\r\n1,2\r\n');
    await refused(/出现了两次/);
    await upload('long.csv', 'bill.total\n' + '1\n'.repeat(100_001));
    await refused(/最多 100,000 行/);
    await upload('good.csv', table(row('a', '60000')));
    await verdict('1 行，全部算出');
    assert.equal(await textOf(t.b, '#e-file'), '');
  });

  test('dropped on its place: a table, then what is none; the result before stays', async () => {
    await open();
    // What the browser gives a page when a hand lets files go.
    const drop = (/** @type {string} */ at, /** @type {{name: string, type: string, bytes: number[]}[]} */ files) => t.b.eval((/** @type {string} */ at, /** @type {any[]} */ files) => {
      const data = new DataTransfer();
      for (const f of files) data.items.add(new File([Uint8Array.from(f.bytes)], f.name, { type: f.type }));
      const target = /** @type {Element} */ (document.querySelector(at));
      const send = (/** @type {string} */ type) => {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data });
        target.dispatchEvent(event);
        return { taken: event.defaultPrevented, marked: /** @type {Element} */ (document.getElementById('drop')).classList.contains('over') };
      };
      return ['dragenter', 'dragover', 'drop'].map(send);
    }, at, files);
    const csv = (/** @type {string} */ text) => ({ name: 'bills.csv', type: 'text/csv', bytes: [...Buffer.from(text)] });
    const marked = [{ taken: true, marked: true }, { taken: true, marked: true }, { taken: true, marked: false }];
    const went = await drop('#title-file', [csv(table(row('a', '60000'), row('b', '20000')))]);
    assert.deepEqual(went, marked, 'the place shows that it takes the file, and takes it');
    await verdict('2 行，全部算出');
    await reads(t.b, '.preview-table tbody', /a 60,000\.00 52,395\.00 7,605\.00 .*b 20,000\.00 15,895\.00 4,105\.00/);
    assert.equal(await textOf(t.b, '#e-file'), '');
    await t.b.eval((/** @type {string} */ text) => { /** @type {any} */ (document.getElementById('i-paste')).value = text; }, 'what was pasted');
    const wrong = async (/** @type {RegExp} */ says, /** @type {{name: string, type: string, bytes: number[]}[]} */ files) => {
      assert.deepEqual(await drop('#drop', files), marked);
      await reads(t.b, '#e-file', says);
      assert.match(await textOf(t.b, '#e-file'), /前一张表的结果没有丢/);
      assert.match(await textOf(t.b, '#verdict'), /2 行，全部算出/);
      assert.match(await textOf(t.b, '.preview-table tbody'), /a 60,000\.00 52,395\.00 7,605\.00/);
      assert.equal(await t.b.eval('document.getElementById("i-paste").value'), 'what was pasted');
    };
    // The first bytes of a PNG with its header of one by one point.
    await wrong(/看不懂这张表。.*另存为 CSV/, [{ name: 'receipt.png', type: 'image/png', bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0] }]);
    await wrong(/空的/, [{ name: 'empty.csv', type: 'text/csv', bytes: [] }]);
    await wrong(/“bill\.totl”不认识/, [csv(table(row('c', '1')).replace('bill.total', 'bill.totl'))]);
    await wrong(/只拖一个文件/, [csv(table(row('c', '1'))), csv(table(row('d', '1')))]);
    await wrong(/空的/, []);
    // Beside its place a file does nothing, above all it does not replace the page.
    assert.deepEqual(await drop('h1', [csv(table(row('c', '1')))]), [{ taken: false, marked: false }, { taken: true, marked: false }, { taken: true, marked: false }]);
    assert.match(await textOf(t.b, '#verdict'), /2 行，全部算出/);
    const out = (await saved('#save')).toString();
    assert.match(out, /\r\na,60000\.00,/, 'the result before can still be saved');
    assert.deepEqual(await witnessed(t.b), { csp: [], errors: [] });
    nothingLeft(t);
  });

  test('stopped half-way; then again', async () => {
    await open();
    await upload('many.csv', table(...Array.from({ length: 60_000 }, (_, i) => row(`n${i}`, `${1000 + i}.00`))));
    await t.b.until('Number(document.getElementById("bar").value) > 0', { ms: 30_000, what: 'progress' });
    // The page has scrolled to the button and put the focus there.
    await t.b.until('document.activeElement.id === "cancel"', { what: 'the focus on the button' });
    await t.b.press('Enter');
    await reads(t.b, '#e-file', /停下了，前面算过 [\d,]+ 行/, 15_000);
    assert.equal(await textOf(t.b, '#done'), '');
    await upload('one.csv', table(row('a', '60000')));
    await verdict('1 行，全部算出');
  });

  once('a hundred thousand rows, while the page lives', { timeout: 280_000 }, async (c) => {
    await open();
    const path = file('huge.csv', table(...Array.from({ length: 100_000 }, (_, i) => row(`n${i}`, `${1000 + i % 50_000}.00`))));
    await t.b.eval(() => {
      const w = /** @type {any} */ (globalThis);
      w.longest = 0;
      w.frames = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) w.longest = Math.max(w.longest, e.duration); }).observe({ entryTypes: ['longtask'] });
      const frame = () => { w.frames++; requestAnimationFrame(frame); };
      frame();
    });
    const began = performance.now();
    await t.b.upload('#file', path);
    await verdict('100,000 行，全部算出', 260_000);
    c.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s, longest task ${Math.round(await t.b.eval('globalThis.longest'))} ms, ${await t.b.eval('globalThis.frames')} frames`);
    assert.ok(await t.b.eval('globalThis.frames') > 100, 'the page drew all the while');
    assert.equal(await t.b.eval('document.querySelectorAll(".preview-table tbody tr").length'), 20, 'only the first rows are in the page');
  });

  test('nothing leaves', async () => {
    await open();
    await t.b.eval('new Promise((r) => setTimeout(r, 400))');
    const asked = t.s.log.length;
    await upload('leak.csv', table(row('a', '60000')));
    await verdict('1 行，全部算出');
    await t.b.eval('new Promise((r) => setTimeout(r, 600))');
    assert.deepEqual(t.s.log.slice(asked).map((e) => e.path).filter((p) => !/^sw\.js/.test(p)), []);
    assert.equal(await t.b.eval('JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])'), '[[],[]]');
    nothingLeft(t);
  });

  test('looks: widths, largest type, axe, languages', { timeout: 120_000 }, async () => {
    await looks(t, 'batch', async (lang) => {
      await t.b.eval(() => { for (const d of document.querySelectorAll('.batch-form details')) /** @type {HTMLDetailsElement} */ (d).open = true; });
      await t.b.upload('#file', file('looks.csv', table(row('a', '60000'), row('b', 'x'))));
      await verdict(lang === 'zh' ? '没有算出' : 'not settled');
    });
  });
});
