"""XML documents in and out, as OpenDRIVE and OpenSCENARIO share them: safe, with lines, exact. Source: ours."""
