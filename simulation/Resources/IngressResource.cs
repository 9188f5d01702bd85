using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>Served and stored; nothing here listens for it.</summary>
internal static class IngressResource
{
    private static readonly string[] PathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "networking.k8s.io",
            Plural = "ingresses",
            Singular = "ingress",
            Kind = "Ingress",
            ShortNames = ["ing"],
            HasStatus = true,
            HasGeneration = true,
            Served = [new ServedVersion("networking.k8s.io", "v1") { Schema = BuiltInSchemas.Of("Ingress") }],
            Validate = (o, _, errors) => Check(o, errors),
            Columns =
            [
                TableCells.Name,
                new("Class", "string", 0, (o, _) => o.Text("spec", "ingressClassName") ?? "<none>"),
                new("Hosts", "string", 0, (o, _) => Hosts(o)),
                new("Address", "string", 0, (_, _) => ""),
                new("Ports", "string", 0, (o, _) => o.Items("spec", "tls") is { Count: > 0 } ? "80, 443" : "80"),
                TableCells.Age,
            ],
        };

    private static string Hosts(JsonObject ingress)
    {
        var hosts = ingress
            .Objects("spec", "rules")
            .Select(rule => rule.Text("host"))
            .Where(h => !string.IsNullOrEmpty(h));
        return string.Join(",", hosts) is { Length: > 0 } named ? named : "*";
    }

    private static void Check(JsonObject ingress, FieldErrors errors)
    {
        if (ingress.Object("spec", "defaultBackend") is not { } fallback)
        {
            if (ingress.Items("spec", "rules") is not { Count: > 0 })
            {
                errors.Invalid("spec", ingress["spec"], "either `defaultBackend` or `rules` must be specified");
            }
        }
        else
        {
            Backend(fallback, "spec.defaultBackend", errors);
        }

        foreach (var (rule, i) in ingress.Objects("spec", "rules").Select((rule, i) => (rule, i)))
        {
            foreach (var (path, j) in rule.Objects("http", "paths").Select((path, j) => (path, j)))
            {
                var at = $"spec.rules[{i}].http.paths[{j}]";
                switch (path.Text("pathType"))
                {
                    case null or "":
                        errors.Required($"{at}.pathType");
                        break;
                    case var type when !PathTypes.Contains(type):
                        errors.Unsupported($"{at}.pathType", path["pathType"], PathTypes);
                        break;
                    case "Exact" or "Prefix" when path.Text("path")?.StartsWith('/') != true:
                        errors.Invalid($"{at}.path", path["path"], "must be an absolute path");
                        break;
                }

                Backend(path.Object("backend"), $"{at}.backend", errors);
            }
        }
    }

    private static void Backend(JsonObject? backend, string at, FieldErrors errors)
    {
        if (backend.Object("service") is not { } service)
        {
            if (backend.Object("resource") is null)
            {
                errors.Required(at);
            }
        }
        else if (string.IsNullOrEmpty(service.Text("port", "name")) == (service.Whole("port", "number") is null or 0))
        {
            errors.Required($"{at}.service.port");
        }
    }
}
