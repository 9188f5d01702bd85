using Ebb.Simulation.Api;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Validates the query options of writes; all errors at once.</summary>
internal static class OptionRules
{
    private static readonly string[] Strictness = ["", "Ignore", "Strict", "Warn"];
    private static readonly string[] Policies = ["Foreground", "Background", "Orphan", "nil"];

    /// <exception cref="Failure">422: an option that is not known.</exception>
    public static void Check(Call call)
    {
        var errors = new FieldErrors();
        var applies = call.MediaType == "application/apply-patch+yaml";
        if (call.Verb == "patch" && applies && string.IsNullOrEmpty(call.Query("fieldManager")))
        {
            errors.Required("fieldManager", "is required for apply patch");
        }

        if (call.Verb == "patch" && !applies && call.Query("force") is not null)
        {
            errors.Forbidden("force", "may not be specified for non-apply patch");
        }

        if (call.Query("fieldManager") is { Length: > 128 } manager)
        {
            errors.Say("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes");
            _ = manager;
        }

        DryRun(call, errors);
        if (call.Query("fieldValidation") is { } validation && !Strictness.Contains(validation))
        {
            errors.Unsupported("fieldValidation", validation, Strictness);
        }

        if (errors.Any)
        {
            throw Failure.Invalid(
                "meta.k8s.io",
                call.Verb switch
                {
                    "create" => "CreateOptions",
                    "update" => "UpdateOptions",
                    _ => "PatchOptions",
                },
                "",
                errors
            );
        }
    }

    /// <exception cref="Failure">422: an option that is not known.</exception>
    public static void Check(Call call, DeleteOptions options)
    {
        var errors = new FieldErrors();
        if (options.Propagation is { Length: > 0 } policy && !Policies.Contains(policy))
        {
            errors.Unsupported("propagationPolicy", policy, Policies);
        }

        DryRun(call, errors);
        if (errors.Any)
        {
            throw Failure.Invalid("meta.k8s.io", "DeleteOptions", "", errors);
        }
    }

    private static void DryRun(Call call, FieldErrors errors)
    {
        if (call.Query("dryRun") is { } dryRun && dryRun != "All")
        {
            errors.Unsupported("dryRun", dryRun, ["All"]);
        }
    }
}
