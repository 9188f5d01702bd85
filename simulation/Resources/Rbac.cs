using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

/// <summary>Roles and their bindings.</summary>
internal static class Rbac
{
    public static ApiResource Role { get; } = Made("roles", "role", "Role", namespaced: true, "Role");

    public static ApiResource ClusterRole { get; } =
        Made("clusterroles", "clusterrole", "ClusterRole", namespaced: false, "ClusterRole");

    public static ApiResource RoleBinding { get; } =
        Made("rolebindings", "rolebinding", "RoleBinding", namespaced: true, "RoleBinding");

    public static ApiResource ClusterRoleBinding { get; } =
        Made("clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", namespaced: false, "RoleBinding");

    private static ApiResource Made(string plural, string singular, string kind, bool namespaced, string shape) =>
        new()
        {
            Group = "rbac.authorization.k8s.io",
            Plural = plural,
            Singular = singular,
            Kind = kind,
            Namespaced = namespaced,
            CreatesOnUpdate = true,
            Served = [new ServedVersion("rbac.authorization.k8s.io", "v1") { Schema = BuiltInSchemas.Of(shape) }],
            Columns = kind.EndsWith("Binding", StringComparison.Ordinal)
                ?
                [
                    TableCells.Name,
                    new Column(
                        "Role",
                        "string",
                        0,
                        (o, _) => $"{o.Text("roleRef", "kind")}/{o.Text("roleRef", "name")}"
                    ),
                    TableCells.Age,
                ]
                :
                [
                    TableCells.Name,
                    new Column("Created At", "date", 0, (o, _) => o.Text("metadata", "creationTimestamp")),
                ],
        };
}
