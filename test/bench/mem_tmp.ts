import { readFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { generate } from 'selfsigned';
import { load } from './load.ts';
import { admissionReview, twoContainerPod } from './body.ts';
const pod = twoContainerPod('high'); const review = (uid: string) => admissionReview(pod, uid);
const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }] });
const dir = mkdtempSync('/tmp/mem-'); writeFileSync(dir+'/c', cert); writeFileSync(dir+'/k', key);
let port = 22000 + Math.floor(Math.random()*2000);
for (const flags of process.argv.slice(2)) { const p = port++;
 const c = spawn(process.execPath, [...flags.split(' ').filter(Boolean), '/work/main/dist/main.js','serve','--tls-cert',dir+'/c','--tls-key',dir+'/k','--address','127.0.0.1','--port',String(p),'--metrics-port','0','--shutdown-delay','0'], {stdio:['ignore','ignore','inherit']});
 await new Promise(r=>setTimeout(r,3000));
 const rss = () => { const s=readFileSync(`/proc/${c.pid}/status`,'utf8'); return [/VmRSS:\s+(\d+)/,/RssAnon:\s+(\d+)/].map(r=>(Number(r.exec(s)![1])/1024).toFixed(0)).join('/'); };
 const out=[rss()]; const t=Date.now(); for (let i=0;i<8;i++){ await load({name:'',url:`https://127.0.0.1:${p}/mutate/enforce`,ca:Buffer.from(cert),memory:()=>0,cpu:()=>0,stop:async()=>{}}, review, 8000, 16); out.push(rss()); }
 console.log(flags.padEnd(60), out.join(' '), ((Date.now()-t)/1000).toFixed(0)+'s'); c.kill(); }
