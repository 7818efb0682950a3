"""stub"""
class BoardAgent: pass
