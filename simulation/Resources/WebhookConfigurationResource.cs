using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class WebhookConfigurationResource
{
    public static ApiResource Mutating { get; } = Of("mutatingwebhookconfiguration", "MutatingWebhookConfiguration");

    public static ApiResource Validating { get; } =
        Of("validatingwebhookconfiguration", "ValidatingWebhookConfiguration");

    private static ApiResource Of(string singular, string kind) =>
        new()
        {
            Group = "admissionregistration.k8s.io",
            Plural = singular + "s",
            Singular = singular,
            Kind = kind,
            Categories = ["api-extensions"],
            Namespaced = false,
            HasGeneration = true,
            Served =
            [
                new ServedVersion("admissionregistration.k8s.io", "v1")
                {
                    Schema = BuiltInSchemas.Of("WebhookConfiguration"),
                },
            ],
            Columns = [TableCells.Name, TableCells.Age],
        };
}
