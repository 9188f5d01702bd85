using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class LeaseResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "coordination.k8s.io",
            Plural = "leases",
            Singular = "lease",
            Kind = "Lease",
            UnconditionalUpdate = false,
            CreatesOnUpdate = true,
            Served = [new ServedVersion("coordination.k8s.io", "v1") { Schema = BuiltInSchemas.Of("Lease") }],
            Columns =
            [
                TableCells.Name,
                new("Holder", "string", 0, (o, _) => o.Text("spec", "holderIdentity") ?? "")
                {
                    Description = "holderIdentity contains the identity of the holder of a current lease.",
                },
                TableCells.Age,
            ],
            Validate = (o, _, errors) =>
            {
                if (o.Whole("spec", "leaseDurationSeconds") is <= 0 and var seconds)
                {
                    errors.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
                }

                if (o.Whole("spec", "leaseTransitions") is < 0 and var transitions)
                {
                    errors.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0");
                }
            },
        };
}
