/**
 * The style sheet of the page: one column, light or dark by the reader's preference, for small and large screens and
 * for print.
 */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2125;--soft:#5c6670;--line:#dfe3e8;--page:#fff;--user:#f1f5fb;--code:#f6f7f9;--accent:#2f5fb3;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e3e6ea;--soft:#98a2ad;--line:#343a42;--page:#15181c;--user:#1d2530;--code:#1c2026;--accent:#8ab4f8;--bad:#ff8a80}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:46rem;padding:1.5rem 1rem 4rem;background:var(--page);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:2.5rem 0 .4rem}h1:first-of-type{margin-top:0}
h3,h4,h5,h6{line-height:1.3;margin:1.4em 0 .4em}h3{font-size:1.2rem}h4{font-size:1.08rem}h5,h6{font-size:1rem}
.about{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0 0 1.5rem;font-size:.875rem;color:var(--soft)}
.about dt{font-weight:600}.about dd{margin:0}
nav ol{padding-left:1.2rem}
section{margin:1.25rem 0;border-top:1px solid var(--line);padding-top:.75rem}
section.user{background:var(--user);border:0;border-radius:.6rem;padding:.75rem 1rem}
section>h2{margin:0 0 .4rem;font-size:.8rem;font-weight:600;color:var(--soft);display:flex;flex-wrap:wrap;gap:.2rem .75rem}
section>h2 b{color:var(--accent);text-transform:capitalize}
section>h2 a{margin-left:auto;color:inherit;text-decoration:none;font-weight:400}
.said>:first-child{margin-top:0}.said>:last-child{margin-bottom:0}
p{margin:.7em 0}
figure{margin:.7em 0}figure img{max-width:100%;max-height:40rem}figcaption{font-size:.8rem;color:var(--soft)}
.plain{white-space:pre-wrap;margin:0}
a{color:var(--accent)}
ul,ol{padding-left:1.5rem}li{margin:.2em 0}
blockquote{margin:.8em 0;padding:.1em 1em;border-left:3px solid var(--line);color:var(--soft)}
code,pre{font:0.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{background:var(--code);border-radius:.25rem;padding:.1em .3em}
pre{position:relative;background:var(--code);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;overflow-x:auto;margin:.8em 0;tab-size:4;overflow-wrap:normal}
pre code{background:none;padding:0;font-size:1em}
pre[data-language]::before{content:attr(data-language);display:block;color:var(--soft);font-size:.75em;margin-bottom:.4em}
.bad{color:var(--bad)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92em}th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:normal}th{background:var(--code)}
hr{border:0;border-top:1px solid var(--line);margin:1.5em 0}
details{margin:.6rem 0;border:1px solid var(--line);border-radius:.5rem;font-size:.9rem}
summary{cursor:pointer;padding:.4rem .75rem;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
summary b{color:var(--ink)}
details[open]>summary{white-space:normal;border-bottom:1px solid var(--line)}
details pre{margin:0;border:0;border-radius:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere;max-height:30rem;overflow-y:auto}
details pre+pre{border-top:1px dashed var(--line)}
footer{margin-top:3rem;color:var(--soft);font-size:.8rem}
@media print{@page{margin:1.8cm}body{max-width:none;padding:0;font-size:10.5pt;background:#fff;color:#000}
:root{--ink:#000;--soft:#444;--line:#bbb;--page:#fff;--user:#f3f3f3;--code:#f6f6f6;--accent:#000}
h1{break-before:page}h1:first-of-type{break-before:auto}h2,h3,h4,h5,h6{break-after:avoid}pre,table,details{break-inside:avoid}
pre{white-space:pre-wrap;overflow-wrap:anywhere}section.user{border:1px solid var(--line)}section>h2 a,nav{display:none}
details pre{max-height:none}}
`
  .trim()
  .replaceAll('\n', '');
