package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// schemaUsage is the command's page.
const schemaUsage = `usage: vidimus schema [TYPE|config]

Prints the JSON Schema of a type's front matter, or of .vidimus.yml, so that
editors complete and check it. Without argument, lists the types.

An organisation's own types are those of the .vidimus.yml of the repository that
you are in.

  vidimus schema exit-plan > .vscode/exit-plan.schema.json
  vidimus schema config
`

func newSchemaCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "schema [TYPE|config]",
		Short: "JSON Schema of a type of document, or of the configuration",
		Args:  atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			here, err := os.Getwd()
			if err != nil {
				return fmt.Errorf("find the working folder: %w", err)
			}
			text, err := schemaText(append(document.Types(), ownTypes(here)...), args)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(c.OutOrStdout(), text); err != nil {
				return fmt.Errorf("write schema: %w", err)
			}
			return nil
		},
	}
	c.SetUsageTemplate(schemaUsage)
	c.SetHelpTemplate(schemaUsage)
	return c
}

// ownTypes are those of the configuration of the repository around a folder; none if there is none or it cannot be
// read, of which vidimus check tells.
func ownTypes(folder string) []document.Type {
	own, err := readGoverningFile(checkRoot(folder), document.ConfigurationPath)
	if err != nil {
		return nil
	}
	config, findings := repoconfig.Read(own.Bytes)
	if document.Blocking(findings) {
		return nil
	}
	return config.Types
}

func schemaText(types []document.Type, args []string) (string, error) {
	if len(args) == 0 {
		return typeList(types), nil
	}
	if args[0] == "config" {
		return repoconfig.JSONSchema(), nil
	}
	i := slices.IndexFunc(types, func(t document.Type) bool { return t.Name == args[0] })
	if i < 0 {
		var names []string
		for _, t := range types {
			names = append(names, t.Name)
		}
		return "", &hintedError{fmt.Errorf("there is no type %s", printable(args[0])), "there are config, " + strings.Join(names, ", ")}
	}
	schema, err := types[i].JSONSchema()
	return string(schema), err
}

// typeList is a line for each type.
func typeList(types []document.Type) string {
	var b strings.Builder
	for _, t := range types {
		fmt.Fprintf(&b, "%-28s %-11s %s-...\n", t.Name, t.Folder+"/", t.Prefix)
	}
	b.WriteString("config                       .vidimus.yml\n")
	return b.String()
}
