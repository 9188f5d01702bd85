namespace Ebb.Simulation.Api;

internal enum Representation
{
    Json,
    Yaml,
    Table,
    Metadata,
    MetadataList,
}

/// <summary>Accept headers: the first alternative that can be served wins, as in the real server.</summary>
internal static class Negotiation
{
    public static Representation Choose(string accept)
    {
        if (accept.Length == 0)
        {
            return Representation.Json;
        }

        foreach (var alternative in accept.Split(','))
        {
            var parts = alternative.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var parameters = parts.Skip(1).Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0].Trim(), p => p[1].Trim());
            parameters.TryGetValue("as", out var form);
            switch (parts.FirstOrDefault())
            {
                case "application/json" or "*/*" or "application/*":
                    if (form is null)
                    {
                        return Representation.Json;
                    }

                    if (parameters.GetValueOrDefault("g") == "meta.k8s.io" && parameters.GetValueOrDefault("v") is "v1" or "v1beta1")
                    {
                        switch (form)
                        {
                            case "Table":
                                return Representation.Table;
                            case "PartialObjectMetadata":
                                return Representation.Metadata;
                            case "PartialObjectMetadataList":
                                return Representation.MetadataList;
                        }
                    }

                    break;
                case "application/yaml" when form is null:
                    return Representation.Yaml;
            }
        }

        throw new Failure(406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf", []);
    }
}
