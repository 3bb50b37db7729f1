"""The least that Flask can answer: what every page is measured against."""

from flask import Flask

application = Flask(__name__)


@application.get("/healthz")
@application.get("/")
def hello():
    return "hello"
