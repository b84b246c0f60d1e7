"""Words of company names by how much they say: data, and next to nothing else.

A word that says what a firm does or where it sits may be left out of a name without making it another firm's; a word
that many firms share never settles which one is meant. Words are written as `names.normalise` leaves them.
"""

from __future__ import annotations


def words_in(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Different spellings of one word; the reading is taken for comparing only.
SAME_WORD = {
    "motors": "motor", "technologies": "technology", "tech": "technology", "industries": "industry",
    "industrial": "industry", "automobiles": "automobile", "auto": "automobile", "autos": "automobile",
    "vehicles": "vehicle", "systems": "system", "services": "service", "resources": "resource",
    "semiconductors": "semiconductor", "communications": "communication", "telecommunications": "telecommunication",
    "holdings": "holding", "laboratories": "laboratory", "labs": "laboratory", "lab": "laboratory",
    "materials": "material", "metals": "metal", "minerals": "mineral", "foods": "food", "airlines": "airline",
    "airways": "airline", "railways": "railway", "pharmaceuticals": "pharma", "pharmaceutical": "pharma",
    "chemicals": "chemical", "networks": "network", "devices": "device", "solutions": "solution",
    "batteries": "battery", "banks": "bank", "cars": "car", "trucks": "truck", "works": "work", "mines": "mine",
    "intl": "international", "int": "international", "mfg": "manufacturing", "natl": "national", "nat": "national",
    "mgmt": "management", "dev": "development", "eng": "engineering", "sci": "science", "svcs": "service",
    "hldg": "holding", "hldgs": "holding", "defence": "defense", "centre": "center", "aluminium": "aluminum",
    "tyre": "tire", "tyres": "tire", "tires": "tire", "electronics": "electronic",
    "corp": "corporation", "co": "company", "ltd": "limited",
}  # fmt: skip

#: Joining words, left out when names are compared word by word.
JOINING = frozenset({"and", "of", "the", "for", "de", "la", "und", "et"})

#: What a firm does, in one word: may be missing from a query.
TRADE = words_in(
    """
    technology science scientific industry electronic electric electrical energy power supply new material
    battery lithium cobalt chemical pharma biotech biotechnology medical automobile motor automotive vehicle car
    system solution service communication telecommunication telecom network semiconductor microelectronics
    integrated circuit precision equipment machinery manufacturing engineering construction development
    investment capital international software information digital intelligent smart data computer internet
    appliance food product logistics transport shipping aerospace aviation aircraft defense steel iron metal
    mining mine resource mineral petroleum oil gas petrochemical solar photovoltaic optical optoelectronics
    optics display device component part rubber tire glass work insurance sports wireless mobile tools tool
    heavy green robotics laboratory telephone storage silicon advanced environmental appliances drive joint
    stock venture interactive online holding group corp corporation company
    """
)

#: Shared by so many firms that they never settle which one is meant; yet part of the name where they stand.
COMMON = words_in(
    """
    general national united american america china chinese first great standard universal applied global world
    international european europe asia asian pacific atlantic north south east west northern southern eastern
    western central royal state public bank trust fund financial finance credit management partners partner
    ventures enterprise enterprises trading trade import export center institute university research academy
    association foundation design media entertainment news air airline airport railway port marine land water
    royal new old big red blue black white gold golden silver star sun moon city home house life one two three
    alpha beta delta omega german germany japan japanese korea korean india indian russia russian france french
    britain british canada canadian australia australian taiwan taiwanese hong kong singapore israel israeli
    saudi arabia arabian emirates dubai abu dhabi swiss italian italy spain spanish swedish sweden brazil usa us
    uk eu
    """
)

#: Provinces and cities that Chinese firms put before their names.
PLACES = words_in(
    """
    anhui beijing changchun changsha changzhou chengdu chongqing dalian dongguan foshan fujian fuzhou gansu
    guangdong guangxi guangzhou guizhou hainan hangzhou harbin hebei hefei heilongjiang henan hubei huizhou
    hunan huzhou jiangsu jiangxi jiaxing jilin jinan jinhua kunming kweichow liaoning luoyang nanchang nanjing
    nanning nantong ningbo ningde qingdao quanzhou shaanxi shandong shanghai shanxi shaoxing shenyang shenzhen
    sichuan suzhou sz taizhou tianjin weifang wenzhou wuhan wuhu wuxi xiamen xian xinjiang xinxiang xuzhou
    yancheng yangzhou yantai yunnan zhejiang zhengzhou zhongshan zhuhai zhuzhou
    """
)

#: The same places in Han, without the words for province and city.
HAN_PLACES = (
    "安徽", "北京", "长春", "长沙", "常州", "成都", "重庆", "大连", "东莞", "佛山", "福建", "福州", "甘肃", "广东", "广西",
    "广州", "贵州", "海南", "杭州", "哈尔滨", "河北", "合肥", "黑龙江", "河南", "湖北", "惠州", "湖南", "湖州", "江苏",
    "江西", "嘉兴", "吉林", "济南", "金华", "昆明", "辽宁", "洛阳", "南昌", "南京", "南宁", "南通", "宁波", "青岛", "泉州",
    "陕西", "山东", "上海", "山西", "绍兴", "沈阳", "深圳", "四川", "苏州", "台州", "天津", "潍坊", "温州", "武汉", "芜湖",
    "无锡", "厦门", "西安", "新疆", "新乡", "徐州", "盐城", "扬州", "烟台", "云南", "浙江", "郑州", "中山", "珠海", "株洲",
    "中国", "台湾",
)  # fmt: skip

#: What a firm does, at the end of a name in Han, kana or Hangul: may be missing from a query.
HAN_TRADE = (
    "科技", "技术", "工业", "实业", "控股", "集团", "股份", "电子", "汽车", "自动车", "制造", "发展", "投资", "信息",
    "网络", "通信", "通讯", "电气", "电器", "机械", "重工", "能源", "新能源", "材料", "新材料", "半导体", "集成电路", "智能",
    "数字", "精密", "医药", "制药", "生物", "化学", "矿业", "钢铁", "航空", "航天", "光电", "软件", "物流", "国际", "产业",
    "系统", "设备", "电池", "动力", "环境", "数码", "家电", "工业株式会社", "制作所", "制铁", "ホールディングス", "グループ",
    "コーポレーション", "지주", "홀딩스", "그룹", "전자", "자동차",
)  # fmt: skip

#: Words at the end of a name in Han that mark the group or its holding: they may also stand in the query alone.
HAN_GROUP = ("集团", "控股集团", "集团控股", "控股", "グループ", "ホールディングス", "그룹", "홀딩스")
