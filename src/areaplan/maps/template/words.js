/* The page's own words in both languages. {x} is filled in; values are text, never HTML. */
var WORDS = {
  skip: ['Go to the list', '跳到列表'],
  help: ['Help', '帮助'],
  print: ['Print', '打印'],
  panel: ['Review list', '审核列表'],
  map: ['Map', '地图'],
  search: ['Search by code or name', '按代码或名称查找'],
  searchHint: ['Code or name…', '代码或名称…'],
  village: ['Village', '普查区'],
  allVillages: ['All villages ({n})', '全部普查区（{n}）'],
  areas: ['Areas', '普查小区'],
  findings: ['Findings', '问题'],
  order: ['Order', '排序'],
  byNeed: ['Findings first', '先看问题'],
  byCode: ['By code', '按代码'],
  bySize: ['By households', '按户数'],
  byDeviation: ['By deviation', '按偏差'],
  keys: ['N next · P previous · / search · Esc close', 'N 下一个 · P 上一个 · / 查找 · Esc 关闭'],
  north: ['Grid north is up', '上为坐标北'],
  legend: ['Legend', '图例'],
  subtitle: ['Enumeration areas for review', '普查小区审核'],
  villages: ['villages', '普查区'],
  areasCount: ['areas', '普查小区'],
  households: ['households', '户'],
  persons: ['persons', '人'],
  buildings: ['buildings', '建筑物'],
  householdsEstimated: ['households (est.)', '户（估计）'],
  proved: ['Proved: the areas tile the villages', '已证明：不重不漏'],
  notProved: ['Not proved: look at the findings', '未通过：请看问题'],
  noCertificate: ['No certificate was given with this plan', '此方案没有附证书'],
  gap: ['gaps', '漏'],
  overlap: ['overlaps', '重'],
  spill: ['outside', '越界'],
  inOut: ['households in → out', '户数 入 → 出'],
  planHash: ['plan', '方案校验码'],
  edges: ['{n} edges on a grid of {g} mm', '{n} 条边，{g} 毫米格网'],
  unknown: ['unknown', '未知'],
  householdsShort: ['hh', '户'],
  target: ['target {n}', '目标 {n}'],
  band: ['target {t}, allowed {a}–{b}', '目标 {t} 户，允许 {a}–{b} 户'],
  outOfBand: ['outside the bounds', '超出范围'],
  area: ['area', '面积'],
  ha: ['{n} ha', '{n} 公顷'],
  m2: ['{n} m²', '{n} 平方米'],
  m: ['{n} m', '{n} 米'],
  parts: ['in {n} pieces', '共 {n} 片'],
  special: ['special', '特殊'],
  border: ['Border', '边界'],
  visibleShare: ['{n} % of the inner border can be seen on the ground', '内部边界可见率 {n} %'],
  noInner: ['no inner border: the area is the whole village', '没有内部边界：小区即整个普查区'],
  onVillage: ['village border', '普查区界'],
  along: ['along {names}', '沿 {names}'],
  kind_none: ['invisible', '无地物'],
  kind_street: ['street', '道路'],
  kind_river: ['river', '河流'],
  kind_railway: ['railway', '铁路'],
  kind_wall: ['wall', '围墙'],
  kind_ridge: ['ridge', '山脊'],
  kind_other: ['other feature', '其他地物'],
  neighbours: ['Neighbours', '相邻小区'],
  noFindings: ['No findings', '没有问题'],
  noFindingsWhole: ['No findings. Nothing here asks for a second look.', '没有问题，没有需要再看的地方。'],
  nothingFound: ['Nothing found', '没有找到'],
  zoomTo: ['Zoom to', '缩放到此'],
  close: ['Close', '关闭'],
  next: ['Next', '下一个'],
  previous: ['Previous', '上一个'],
  more: ['Show {n} more', '再显示 {n} 条'],
  error: ['error', '错误'],
  warning: ['warning', '警告'],
  note: ['note', '说明'],
  errors: ['errors', '错误'],
  warnings: ['warnings', '警告'],
  noPlace: ['no place on the map', '图上无位置'],
  about: ['about {subject}', '对象 {subject}'],
  wholeTown: ['Whole town', '全图'],
  zoomIn: ['Zoom in', '放大'],
  zoomOut: ['Zoom out', '缩小'],
  legendBorders: ['area border along', '小区边界沿'],
  helpTitle: ['How to use this page', '本页用法'],
  helpMap: ['Drag to move, wheel or pinch to zoom. Click an area for its facts.', '拖动平移，滚轮或双指缩放。点小区看详情。'],
  helpList: ['The list starts with what needs a look: errors, warnings, then sizes outside the bounds.', '列表先列需要看的：错误、警告、超出范围的小区。'],
  helpFile: ['This file needs no network and sends nothing.', '本文件不需要网络，也不发送任何数据。'],
  helpBorders: ['A border of areas or villages on this map is no evidence for administrative boundaries.', '本图普查区、普查小区边界不作为划定行政区域界线的依据。'],
  keyNext: ['next area of the list', '列表中下一个小区'],
  keyPrevious: ['previous area', '上一个小区'],
  keySearch: ['search', '查找'],
  keyZoom: ['zoom in, out', '放大、缩小'],
  keyWhole: ['whole town', '全图'],
  keyLang: ['change language', '切换语言'],
  keyClose: ['close, clear', '关闭、清除'],
  source: ['areaplan {version} · {crs}', 'areaplan {version} · {crs}']
};

var lang = 'zh';

function say(key, values) {
  var pair = WORDS[key];
  var text = pair ? pair[lang === 'zh' ? 1 : 0] : key;
  if (values) {
    text = text.replace(/\{(\w+)\}/g, function (whole, name) {
      return Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : whole;
    });
  }
  return text;
}

/* 16016 -> 16,016; unknown -> a dash */
function count(n) {
  if (n === null || n === undefined) { return '–'; }
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function metres(n) {
  return say('m', { n: count(Math.round(n)) });
}

function ground(m2) {
  return m2 >= 10000 ? say('ha', { n: (m2 / 10000).toFixed(m2 >= 1e6 ? 0 : 2) }) : say('m2', { n: count(Math.round(m2)) });
}

function percent(share) {
  var n = Math.round(share * 100);
  return (n > 0 ? '+' : n < 0 ? '−' : '±') + Math.abs(n) + ' %';
}
