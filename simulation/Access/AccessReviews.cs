using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;
using Ebb.Simulation.Patching;

namespace Ebb.Simulation.Access;

/// <summary>SelfSubjectAccessReview and SelfSubjectRulesReview: answered and never stored.</summary>
internal static class AccessReviews
{
    public static Reply Answer(Authorizer authorizer, Call call, string plural, JsonObject review, DateTimeOffset now)
    {
        if (plural == "selfsubjectreviews")
        {
            return Reply.Json(
                201,
                new JsonObject
                {
                    ["kind"] = "SelfSubjectReview",
                    ["apiVersion"] = "authentication.k8s.io/v1",
                    ["metadata"] = new JsonObject(),
                    ["status"] = new JsonObject { ["userInfo"] = new JsonObject { ["username"] = call.User } },
                }
            );
        }

        if (plural == "selfsubjectrulesreviews")
        {
            return Reply.Json(201, Rules(authorizer, call.User, review.Text("spec", "namespace") ?? ""));
        }

        var wanted = review.Object("spec", "resourceAttributes");
        var resource = wanted.Text("resource") ?? "";
        if (wanted.Text("subresource") is { Length: > 0 } sub)
        {
            resource += "/" + sub;
        }

        // Paths that are not resources are open to every user here.
        var why = wanted is null
            ? ""
            : authorizer.Why(
                call.User,
                wanted.Text("verb") ?? "",
                wanted.Text("group") ?? "",
                resource,
                wanted.Text("namespace"),
                wanted.Text("name") ?? ""
            );
        var answer = new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = review["spec"]?.DeepClone() ?? new JsonObject(),
        };

        // Not stored, but the answer has managedFields all the same.
        ManagedFields.Note(
            new JsonObject { ["spec"] = new JsonObject() },
            answer,
            null,
            new ManagedFields.Author(call.Manager, "Update", "authorization.k8s.io/v1", "", now),
            o => o
        );
        answer["status"] = new JsonObject { ["allowed"] = why is not null };
        if (why is { Length: > 0 })
        {
            answer["status"]!["reason"] = why;
        }

        return Reply.Json(201, answer);
    }

    private static JsonObject Rules(Authorizer authorizer, string user, string ns)
    {
        var (resources, others) = (new JsonArray(), new JsonArray());
        foreach (var rule in authorizer.Rules(user, ns))
        {
            (rule["nonResourceURLs"] is null ? resources : others).Add(rule.Copy());
        }

        return new JsonObject
        {
            ["kind"] = "SelfSubjectRulesReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["resourceRules"] = resources,
                ["nonResourceRules"] = others,
                ["incomplete"] = false,
            },
        };
    }
}
