from django.urls import path

from alliance_match.demo import views

urlpatterns = [path("demo/mail/", views.demo_mail, name="demo_mail")]
