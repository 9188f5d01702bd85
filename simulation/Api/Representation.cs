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
    public static Representation Choose(string accept, bool custom)
    {
        if (accept.Length == 0)
        {
            return Representation.Json;
        }

        foreach (var alternative in accept.Split(','))
        {
            var parts = alternative.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var parameters = parts
                .Skip(1)
                .Select(p => p.Split('=', 2))
                .Where(p => p.Length == 2)
                .ToDictionary(p => p[0].Trim(), p => p[1].Trim());
            parameters.TryGetValue("as", out var form);
            switch (parts.FirstOrDefault())
            {
                case "application/json" or "*/*" or "application/*":
                    if (form is null)
                    {
                        return Representation.Json;
                    }

                    if (
                        parameters.GetValueOrDefault("g") == "meta.k8s.io"
                        && parameters.GetValueOrDefault("v") is "v1" or "v1beta1"
                    )
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

        throw Unacceptable(accept, custom);
    }

    /// <summary>406: by the router, which looks at the media type alone, or by what answers behind it.</summary>
    public static Failure Unacceptable(string accept, bool custom)
    {
        var routed =
            custom
            || accept
                .Split(',')
                .Any(a =>
                    a.Split(';')[0].Trim()
                        is "application/json"
                            or "application/yaml"
                            or "application/vnd.kubernetes.protobuf"
                            or "*/*"
                            or "application/*"
                );
        var all = custom
            ? "application/json, application/yaml"
            : "application/json, application/yaml, application/vnd.kubernetes.protobuf";
        return routed
            ? new Failure(406, "NotAcceptable", "only the following media types are accepted: " + all)
            : new Failure(406, "NotAcceptable", "406: Not Acceptable\n\nAvailable representations: " + all, []);
    }
}
