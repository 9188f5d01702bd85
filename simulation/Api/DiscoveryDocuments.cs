using System.Text.Json.Nodes;
using Ebb.Simulation.Resources;

namespace Ebb.Simulation.Api;

/// <summary>
/// Discovery: /version, /api, /apis, and the resources of each group, in the old and in the aggregated form.
/// </summary>
internal static class DiscoveryDocuments
{
    public const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] GetAndChange = ["get", "patch", "update"];

    public static JsonObject Version() =>
        new()
        {
            ["major"] = "1",
            ["minor"] = "36",
            ["emulationMajor"] = "1",
            ["emulationMinor"] = "36",
            ["minCompatibilityMajor"] = "1",
            ["minCompatibilityMinor"] = "35",
            ["gitVersion"] = "v1.36.3",
            ["gitCommit"] = "0000000000000000000000000000000000000000",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "2026-08-20T00:00:00Z",
            ["goVersion"] = "go1.26.10",
            ["compiler"] = "gc",
            ["platform"] = "linux/amd64",
        };

    public static JsonObject Core(string address) =>
        new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(
                new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = address }
            ),
        };

    public static JsonObject Groups(ResourceCatalogue catalogue)
    {
        var groups = new JsonArray();
        foreach (var group in AllGroups(catalogue))
        {
            groups.Add(Group(catalogue, group));
        }

        return new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = groups,
        };
    }

    public static JsonObject? OneGroup(ResourceCatalogue catalogue, string group)
    {
        if (!AllGroups(catalogue).Contains(group))
        {
            return null;
        }

        var one = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (name, value) in Group(catalogue, group))
        {
            one[name] = value?.DeepClone();
        }

        return one;
    }

    /// <summary>Null: no such group and version.</summary>
    public static JsonObject? Resources(ResourceCatalogue catalogue, string group, string version)
    {
        var resources = new JsonArray();
        foreach (var (type, _) in catalogue.In(group, version))
        {
            var main = new JsonObject
            {
                ["name"] = type.Plural,
                ["singularName"] = type.Singular,
                ["namespaced"] = type.Namespaced,
                ["kind"] = type.Kind,
                ["verbs"] = Texts(type.Verbs),
            };
            if (type.ShortNames.Length > 0)
            {
                main["shortNames"] = Texts(type.ShortNames);
            }

            if (type.Categories.Length > 0)
            {
                main["categories"] = Texts(type.Categories);
            }

            main["storageVersionHash"] = Convert.ToBase64String(
                BitConverter.GetBytes(Rules.NameGenerator.Fraction(type.Qualified))
            );
            resources.Add(main);
            foreach (var (name, kind, kindGroup, kindVersion, verbs) in Subresources(type))
            {
                var sub = new JsonObject
                {
                    ["name"] = type.Plural + "/" + name,
                    ["singularName"] = "",
                    ["namespaced"] = type.Namespaced,
                };
                if (kindGroup is not null)
                {
                    sub["group"] = kindGroup;
                    sub["version"] = kindVersion;
                }

                sub["kind"] = kind;
                sub["verbs"] = Texts(verbs);
                resources.Add(sub);
            }
        }

        foreach (var (reviewGroup, plural, kind) in Reviews)
        {
            if (reviewGroup == group && version == "v1")
            {
                resources.Add(
                    new JsonObject
                    {
                        ["name"] = plural,
                        ["singularName"] = kind.ToLowerInvariant(),
                        ["namespaced"] = false,
                        ["kind"] = kind,
                        ["verbs"] = Texts(["create"]),
                    }
                );
            }
        }

        return resources.Count == 0
            ? null
            : new JsonObject
            {
                ["kind"] = "APIResourceList",
                ["apiVersion"] = "v1",
                ["groupVersion"] = group.Length == 0 ? version : group + "/" + version,
                ["resources"] = resources,
            };
    }

    /// <summary>apidiscovery.k8s.io/v2: everything in one answer.</summary>
    public static JsonObject All(ResourceCatalogue catalogue, bool core)
    {
        var items = new JsonArray();
        foreach (var group in core ? [""] : AllGroups(catalogue))
        {
            var versions = new JsonArray();
            foreach (var version in Versions(catalogue, group))
            {
                var resources = new JsonArray();
                foreach (var (type, _) in catalogue.In(group, version))
                {
                    var resource = new JsonObject
                    {
                        ["resource"] = type.Plural,
                        ["responseKind"] = new JsonObject
                        {
                            ["group"] = type.IsCustom ? group : "",
                            ["version"] = type.IsCustom ? version : "",
                            ["kind"] = type.Kind,
                        },
                        ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
                        ["singularResource"] = type.Singular,
                        ["verbs"] = Texts(type.Verbs),
                    };
                    if (type.ShortNames.Length > 0)
                    {
                        resource["shortNames"] = Texts(type.ShortNames);
                    }

                    if (type.Categories.Length > 0)
                    {
                        resource["categories"] = Texts(type.Categories);
                    }

                    var subresources = new JsonArray();
                    foreach (var (name, kind, kindGroup, kindVersion, verbs) in Subresources(type))
                    {
                        subresources.Add(
                            new JsonObject
                            {
                                ["subresource"] = name,
                                ["responseKind"] = new JsonObject
                                {
                                    ["group"] = kindGroup ?? (type.IsCustom ? group : ""),
                                    ["version"] = kindVersion ?? (type.IsCustom ? version : ""),
                                    ["kind"] = kind,
                                },
                                ["verbs"] = Texts(verbs),
                            }
                        );
                    }

                    if (subresources.Count > 0)
                    {
                        resource["subresources"] = subresources;
                    }

                    resources.Add(resource);
                }

                foreach (var (reviewGroup, plural, kind) in Reviews)
                {
                    if (reviewGroup == group)
                    {
                        resources.Add(
                            new JsonObject
                            {
                                ["resource"] = plural,
                                ["responseKind"] = new JsonObject
                                {
                                    ["group"] = "",
                                    ["version"] = "",
                                    ["kind"] = kind,
                                },
                                ["scope"] = "Cluster",
                                ["singularResource"] = kind.ToLowerInvariant(),
                                ["verbs"] = Texts(["create"]),
                            }
                        );
                    }
                }

                versions.Add(
                    new JsonObject
                    {
                        ["version"] = version,
                        ["resources"] = resources,
                        ["freshness"] = "Current",
                    }
                );
            }

            items.Add(
                new JsonObject
                {
                    ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
                    ["versions"] = versions,
                }
            );
        }

        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        };
    }

    public static readonly (string Group, string Plural, string Kind)[] Reviews =
    [
        ("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        ("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        ("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview"),
    ];

    private static IEnumerable<string> AllGroups(ResourceCatalogue catalogue) =>
        catalogue.Groups.Concat(Reviews.Select(r => r.Group)).Distinct();

    private static IReadOnlyList<string> Versions(ResourceCatalogue catalogue, string group) =>
        catalogue.Versions(group) is { Count: > 0 } versions ? versions : ["v1"];

    private static JsonObject Group(ResourceCatalogue catalogue, string group)
    {
        var versions = new JsonArray();
        foreach (var version in Versions(catalogue, group))
        {
            versions.Add(new JsonObject { ["groupVersion"] = group + "/" + version, ["version"] = version });
        }

        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = versions,
            ["preferredVersion"] = versions[0]!.DeepClone(),
        };
    }

    private static IEnumerable<(string Name, string Kind, string? Group, string? Version, string[] Verbs)> Subresources(
        ApiResource type
    )
    {
        foreach (var other in type.OtherSubresources)
        {
            yield return other switch
            {
                "eviction" => ("eviction", "Eviction", "policy", "v1", ["create"]),
                "token" => ("token", "TokenRequest", "authentication.k8s.io", "v1", ["create"]),
                "finalize" => ("finalize", type.Kind, null, null, ["update"]),
                _ => (other, type.Kind, null, null, ["get"]),
            };
        }

        if (type.Scale is not null)
        {
            yield return ("scale", "Scale", "autoscaling", "v1", GetAndChange);
        }

        if (type.HasStatus)
        {
            yield return ("status", type.Kind, null, null, GetAndChange);
        }
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
