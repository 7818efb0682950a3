"""Board games for people and frameworks: pictures, Gymnasium against an opponent, PettingZoo for both sides."""
