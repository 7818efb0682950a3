"""OpenSCENARIO XML 1.0 to 1.3 in and out.

`reader.read_scenario`, `writer.write_scenario`, and `coverage.coverage`, which lists what is read, recorded and refused.
"""
