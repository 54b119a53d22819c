"""Files over the air: what they are cut into, how lost parts are made good, who sends when. All pure."""
