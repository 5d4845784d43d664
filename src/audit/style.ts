/** How the page looks: one column on a phone, readable in light and dark, and on paper. */
export const style = `
:root{color-scheme:light dark;--ground:#f8fafc;--card:#fff;--ink:#0f172a;--soft:#475569;--line:#cbd5e1;--bar:#4f46e5;--track:#e2e8f0;--warn:#b45309;--skipped:#b91c1c;--out-of-turn:#b45309;--repeated:#0369a1;--out-of-place:#6d28d9}
@media(prefers-color-scheme:dark){:root{--ground:#0b1120;--card:#131c31;--ink:#e8edf5;--soft:#a9b6c9;--line:#33415a;--bar:#818cf8;--track:#25314a;--warn:#fbbf24;--skipped:#f87171;--out-of-turn:#fbbf24;--repeated:#38bdf8;--out-of-place:#c4b5fd}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:70rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:0}
p{margin:.35rem 0;max-width:46rem}
.soft,figcaption,footer{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.tiles li,.card,figure{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.9rem 1rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.2}
.cards{display:grid;gap:.75rem;margin:0;padding:0;list-style:none}
.cards.many{grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
.card .head{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
.card .head b{font-size:1.25rem}
.card.none{color:var(--soft)}
.ids{font-size:.9rem;color:var(--soft)}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
figure{margin:0}
figcaption{margin-bottom:.5rem}
figcaption strong{color:var(--ink);display:block}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .5rem .25rem 0;vertical-align:top;font-weight:400}
thead th{color:var(--soft);font-size:.875rem;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;white-space:nowrap}
.bars th{white-space:nowrap;width:1%;padding-right:.75rem}
.bars td.track{width:100%;padding-right:.5rem;vertical-align:middle}
.bar{display:flex;height:1rem;background:var(--track);border-radius:.25rem;overflow:hidden}
.bar i{display:block;background:var(--bar);min-width:1px}
.bar i.skipped{background:var(--skipped)}.bar i.out-of-turn{background:var(--out-of-turn)}.bar i.repeated{background:var(--repeated)}.bar i.out-of-place{background:var(--out-of-place)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.5rem 0 0;padding:0;list-style:none;font-size:.875rem;color:var(--soft)}
.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:.15rem;margin-right:.35rem}
.key .skipped i{background:var(--skipped)}.key .out-of-turn i{background:var(--out-of-turn)}.key .repeated i{background:var(--repeated)}.key .out-of-place i{background:var(--out-of-place)}
.late{color:var(--warn)}
.scroll{overflow-x:auto}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--bar);outline-offset:2px}
ul.ways{margin:0;padding-left:1.1rem}
svg.flow{display:block;width:100%;max-width:34rem;height:auto;margin:0 auto}
.flow .node{fill:var(--card);stroke:var(--soft)}
.flow .name{fill:var(--ink);font-size:12px}
.flow .times{fill:var(--soft);font-size:11px}
.flow path{fill:none;stroke-opacity:.75}
.flow .on{stroke:var(--bar)}.flow .back{stroke:var(--warn)}
.flow .tip.on{fill:var(--bar);stroke:none}.flow .tip.back{fill:var(--warn);stroke:none}
summary{cursor:pointer;padding:.35rem 0}
footer{padding-top:2rem;padding-bottom:2rem;font-size:.875rem}
@media print{body{background:#fff}.tiles li,.card,figure{break-inside:avoid}}
`
