"""How something can be in a person's hand, in words: what `Workflow.hands` gives beside its filters."""

from models import Words

DRAFT = Words("正在填报", "is filling it in")
UNDER_WAY = Words("由其提交，尚未办结", "submitted it, and it is not done with yet")
