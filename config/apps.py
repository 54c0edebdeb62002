from django.apps import AppConfig


class FrontDoorConfig(AppConfig):
    name = "config"
    label = "front_door"
