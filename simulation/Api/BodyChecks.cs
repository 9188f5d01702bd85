using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Api;

/// <summary>Checks that a body fits its URL and that its fields have the right types.</summary>
internal static class BodyChecks
{
    /// <summary>
    /// The body must have the kind and version of the URL; a built-in one that has neither gets them.
    /// </summary>
    public static void Kind(Call call, ResourceCatalogue catalogue, JsonObject tree)
    {
        var (kind, apiVersion) = (tree.Text("kind"), tree.Text("apiVersion"));
        var short_ = apiVersion?.Split('/')[^1] ?? "";
        if (call.Type.IsCustom && string.IsNullOrEmpty(kind))
        {
            throw call.Unrecognized($"Object 'Kind' is missing in '{tree.ToJsonString(FieldErrors.Plain)}'");
        }

        if (string.IsNullOrEmpty(kind) && string.IsNullOrEmpty(apiVersion))
        {
            (kind, apiVersion) = (call.Type.Kind, call.Version.ApiVersion);
            tree["kind"] = kind;
            tree["apiVersion"] = apiVersion;
        }

        if (!call.Type.IsCustom && catalogue.ByKind(apiVersion, kind) is null)
        {
            throw Failure.BadRequest(
                $"no kind \"{kind}\" is registered for version \"{apiVersion}\" in scheme "
                    + "\"pkg/api/legacyscheme/scheme.go:30\""
            );
        }

        if (kind != call.Type.Kind)
        {
            throw Failure.BadRequest(
                call.Type.IsCustom
                    ? $"the kind in the data ({apiVersion}, Kind={kind}) does not match the expected kind "
                        + $"({call.Version.ApiVersion}, Kind={call.Type.Kind})"
                    : $"{kind} in version \"{short_}\" cannot be handled as a {call.Type.Kind}: converting "
                        + $"({Go(apiVersion)}.{kind}) to ({Internal(call)}.{call.Type.Kind}): unknown conversion"
            );
        }

        if (apiVersion != call.Version.ApiVersion)
        {
            throw Failure.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version "
                    + $"({call.Version.ApiVersion})"
            );
        }

        if (
            (
                WrongTypes.InMetadata(tree)
                ?? (
                    !call.Type.IsCustom && call.Version.Schema is { } schema
                        ? WrongTypes.First(tree, schema, call.Type.Kind)
                        : null
                )
            ) is
            { } why
        )
        {
            throw Failure.BadRequest($"{kind} in version \"{short_}\" cannot be handled as a {kind}: {why}");
        }
    }

    /// <summary>The name in the body must be the one in the URL.</summary>
    public static void Address(Call call, JsonObject tree)
    {
        if (tree.Name().Length > 0 && tree.Name() != call.Name)
        {
            throw Failure.BadRequest(
                $"the name of the object ({tree.Name()}) does not match the name on the URL ({call.Name})"
            );
        }

        if (call.Type.Namespaced && tree.Namespace().Length > 0 && tree.Namespace() != call.Namespace)
        {
            throw Failure.BadRequest(
                $"the namespace of the object ({tree.Namespace()}) does not match the namespace on the request "
                    + $"({call.Namespace})"
            );
        }
    }

    public static void Scale(JsonObject scale)
    {
        if (scale.Text("apiVersion") is { Length: > 0 } version && version != "autoscaling/v1")
        {
            throw Failure.BadRequest(
                $"the API version in the data ({version}) does not match the expected API version (autoscaling/v1)"
            );
        }

        if ((WrongTypes.InMetadata(scale) ?? WrongTypes.First(scale, BuiltInSchemas.Of("Scale"), "Scale")) is { } why)
        {
            throw Failure.BadRequest($"Scale in version \"v1\" cannot be handled as a Scale: {why}");
        }
    }

    /// <summary>
    /// The server decodes a patched object into a Go struct; what does not fit is refused with the whole object in the
    /// message.
    /// </summary>
    public static void Types(JsonObject before, JsonObject patched, Schema? schema, string kind)
    {
        if (
            (WrongTypes.InMetadata(patched) ?? (schema is null ? null : WrongTypes.First(patched, schema, kind)))
            is not { } why
        )
        {
            return;
        }

        var errors = new FieldErrors();
        errors.Say(
            "FieldValueInvalid",
            "patch",
            $"Invalid value: {FieldErrors.Quote(before.ToJsonString(FieldErrors.Plain))}: {why}"
        );
        throw Failure.Invalid("", "", "", errors);
    }

    private static string Go(string? apiVersion) => apiVersion?.Split('/')[^1] ?? "";

    private static string Internal(Call call) => call.Type.Group.Length == 0 ? "core" : call.Type.Group.Split('.')[0];
}
