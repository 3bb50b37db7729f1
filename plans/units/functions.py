"""What government offices are for: the words that the name of a department begins with.

Used to tell 「科技局」, which may have lost its 市, from 「东海供电局」, which is called so.
"""

import re

_WORDS = """
发展 发改 改革 经济 经信 经发 经科 经贸 工业 工信 科技 科学 科协 教育 教体 财政 人力 人社 民政
民族 民宗 公安 司法 自然 国土 规划 资规 住房 住建 建设 城乡 城市 城管 综合执法 综合行政 交通
水利 水务 农业 农牧 农委 农办 农机 林业 林草 商务 商粮 文化 文旅 文广 文联 文体 文物 卫生 卫健
卫计 应急 审计 国资 国有 市场 市监 工商 质监 质量 食品 食药 药监 药品 医保 医疗 退役 统计 体育
旅游 信访 宗教 外事 外经 侨务 侨联 港澳 台办 台湾 粮食 粮储 物资 机关 接待 金融 扶贫 乡村 生态
环保 环境 气象 税务 地税 国税 残联 残疾 妇联 妇女 总工会 工会 团委 共青团 供销 档案 党史 党校
地方 地方志 能源 大数据 数据 行政 政务 投资 投促 招商 人防 人民防空 编办 编委 机构编制 组织 宣传
统战 政法 政研 网信 法制 法院 检察 人民法院 人民检察 海洋 渔业 畜牧 园林 房产 房管 安监 安全
地震 邮政 通信 烟草 消防 知识 广电 广播 新闻 老龄 老干 关工 社科 社会 社工 红十字 物价 移民
水库 口岸 信息 电子 监察 纪委 纪检 督查 督办 研究室 政府 政协 人大 体改 商业 盐务 供电 中医药
林长 河长 国安 国家安全 保密 机要 密码 公积金 住房公积金 公共资源 服务业 民营 中小企业 非公 价格
就业 劳动 人才 考试 代建 重点
"""
_BEGINS = re.compile("|".join(sorted(_WORDS.split(), key=len, reverse=True)))


def names_a_function(name: str) -> bool:
    """Whether the name begins with what an office does, and not with where it is."""
    return bool(_BEGINS.match(name))
